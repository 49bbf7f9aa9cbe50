import {
  differences,
  type Finding,
  type HttpService,
  kopecksOf,
  type OneCAnswer,
  OneCFault,
  type OneCMapping,
  type OneCRow,
  refuseDifferences,
  type ServiceCalls,
} from '@kontora/one-c'
import type { AccountingDocument, AccountingGateway, Delivered, DocumentKind, Listed } from './gateway.ts'
import { leftOut } from './gateway.ts'
import { cancellationBody, invoiceBody, payerBody, paymentBody, refundBody, zoned } from './http-documents.ts'

type Of<Kind extends DocumentKind> = Extract<AccountingDocument, { kind: Kind }>
type Resource = 'invoices' | 'payments' | 'refunds'

const deliveredOf = (kept: OneCAnswer): Delivered => ({
  number: String(kept.number ?? ''),
  version: String(kept.ref ?? ''),
  posted: kept.posted === true,
})

const readBack = async (
  { get }: ServiceCalls,
  address: string,
  sent: OneCRow,
  posted: boolean,
): Promise<OneCAnswer> => {
  const kept = await get(address)
  if (!kept) throw new OneCFault('business', 'vanished', 'Документ записан, но 1С его не находит')
  refuseDifferences(differences(sent, kept))
  if (kept.deleted === true) throw new OneCFault('business', 'marked', 'Документ в 1С помечен на удаление')
  if (posted && kept.posted !== true)
    throw new OneCFault('business', 'not-posted', 'Документ в 1С записан, но не проведён')
  return kept
}

/** Written only if it is not there: what is there is compared, and a difference is for a person. */
const put = async (
  calls: ServiceCalls,
  resource: Resource,
  id: string,
  { body, posted }: { body: OneCRow; posted: boolean },
): Promise<Delivered> => {
  const address = `${resource}/${id}`
  const before = await calls.get(address)
  if (before) refuseDifferences(differences(body, before))
  if (!before || (posted && before.posted !== true)) await calls.put(address, id, { ...body, post: posted })
  return deliveredOf(await readBack(calls, address, body, posted))
}

const putInvoice = async (
  calls: ServiceCalls,
  mapping: OneCMapping,
  { bill, payer }: Of<'invoice'>,
  posted: boolean,
): Promise<Delivered> => {
  await calls.put(`counterparties/${payer.userId}`, payer.userId, payerBody(payer))
  return put(calls, 'invoices', bill.id, { body: invoiceBody(bill, mapping), posted })
}

/** The fee comes to the payment that is there already, by a second PUT of it. */
const putCommission = async (
  calls: ServiceCalls,
  mapping: OneCMapping,
  { payment, amountKopecks }: Of<'commission'>,
  posted: boolean,
): Promise<Delivered> => {
  const address = `payments/${payment.id}`
  const body = paymentBody({ ...payment, method: payment.way, feeKopecks: amountKopecks }, mapping)
  const before = await calls.get(address)
  if (!before) throw new OneCFault('business', 'vanished', 'Оплаты, к которой относится комиссия, в 1С нет')
  if (kopecksOf(before.fee) !== amountKopecks) await calls.put(address, payment.id, { ...body, post: posted })
  return deliveredOf(await readBack(calls, address, body, posted))
}

const takeBack = async (
  calls: ServiceCalls,
  mapping: OneCMapping,
  { resource, id, at }: { resource: Resource; id: string; at: Date },
): Promise<Delivered | typeof leftOut> => {
  const mode = mapping.cancellation
  if (mode === 'leave') return leftOut
  const address = `${resource}/${id}`
  await calls.put(`${address}/cancellation`, id, cancellationBody(at, mode, mapping))
  const kept = await calls.get(address)
  if (!kept || kept.posted === true || (mode === 'mark' && kept.deleted !== true))
    throw new OneCFault('business', 'not-cancelled', 'Документ в 1С остался проведённым')
  return deliveredOf(kept)
}

const putDocument = async (
  calls: ServiceCalls,
  mapping: OneCMapping,
  document: AccountingDocument,
): Promise<Delivered | typeof leftOut> => {
  const posted = mapping.postMode === 'post'
  switch (document.kind) {
    case 'invoice':
      return putInvoice(calls, mapping, document, posted)
    case 'payment': {
      const body = paymentBody({ ...document, method: document.way, feeKopecks: null }, mapping)
      return put(calls, 'payments', document.id, { body, posted })
    }
    case 'transfer': {
      if (mapping.documents.transfer === 'loaded-by-1c') return leftOut
      const body = paymentBody({ ...document, method: 'bank', feeKopecks: null }, mapping)
      return put(calls, 'payments', document.id, { body, posted })
    }
    case 'refund':
      return put(calls, 'refunds', document.id, { body: refundBody(document, mapping), posted })
    case 'commission':
      if (mapping.documents.commission === 'left-to-1c') return leftOut
      return putCommission(calls, mapping, document, posted)
    case 'cancellation':
      return takeBack(calls, mapping, { resource: 'invoices', id: document.bill.id, at: document.at })
    case 'withdrawal':
      if (mapping.documents.transfer === 'loaded-by-1c') return leftOut
      return takeBack(calls, mapping, { resource: 'payments', ...document })
  }
}

const listed = (item: OneCAnswer): Listed => ({
  id: String(item.id).toLowerCase(),
  amountKopecks: kopecksOf(item.amount),
  posted: item.posted === true,
  marked: item.deleted === true,
})

const mostPages = 1000

const listAll = async ({ get }: ServiceCalls, from: string, to: string): Promise<Listed[]> => {
  const all: Listed[] = []
  let cursor = ''
  for (let page = 0; page < mostPages; page++) {
    const query = `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}${cursor}`
    const answer = await get(`documents?${query}`)
    if (!answer || !Array.isArray(answer.items)) throw new OneCFault('unavailable', 'garbage')
    all.push(...(answer.items as OneCAnswer[]).map(listed))
    if (typeof answer.cursor !== 'string') return all
    cursor = `&cursor=${encodeURIComponent(answer.cursor)}`
  }
  throw new OneCFault('configuration', 'too-many')
}

const resourceOf: Record<DocumentKind, Resource | undefined> = {
  invoice: 'invoices',
  cancellation: 'invoices',
  withdrawal: 'payments',
  payment: 'payments',
  transfer: 'payments',
  refund: 'refunds',
  // It is a part of its payment there.
  commission: undefined,
}

const mostClockMs = 5 * 60_000

const checkService = async (service: HttpService, now: () => Date): Promise<Finding[]> => {
  const { config, time } = await service.ping()
  const apartMs = Math.abs(new Date(String(time)).getTime() - now().getTime())
  return [
    { question: 'HTTP-сервис отвечает', answer: 'yes', detail: String(config ?? '') },
    {
      question: 'Часы сервера 1С идут вместе с нашими',
      answer: apartMs <= mostClockMs ? 'yes' : 'no',
      detail: `расхождение ${Math.round(apartMs / 1000)} с`,
    },
  ]
}

/** Our own HTTP service in the customer's base. */
export const openHttpGateway = (
  service: HttpService,
  mapping: OneCMapping,
  now: () => Date,
): AccountingGateway => ({
  channel: 'http',
  put: (document) => service.within((calls) => putDocument(calls, mapping, document)),
  ping: async () => void (await service.ping()),
  documentsBetween: (from, to) =>
    service.within((calls) => listAll(calls, zoned(from, mapping), zoned(to, mapping))),
  stateOf: (kind, { id }) =>
    service.within(async ({ get }) => {
      const resource = resourceOf[kind]
      const found = resource && (await get(`${resource}/${id}`))
      return found && listed({ ...found, id })
    }),
  expects: { posted: mapping.postMode === 'post', cancelled: mapping.cancellation },
  check: () => checkService(service, now),
})
