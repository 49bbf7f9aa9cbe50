import {
  checkMapping,
  derivedKey,
  fieldsOf,
  kopecksOf,
  type MoneyDocument,
  type OneC,
  type OneCAnswer,
  OneCFault,
  oneCTime,
} from '@kontora/one-c'
import type { Way } from '../attempts/attempt.ts'
import type { AccountingDocument, AccountingGateway, Delivered, DocumentKind, Listed } from './gateway.ts'
import { leftOut } from './gateway.ts'
import { commissionDocument, invoiceDocument, moneyDocument } from './odata-documents.ts'

type Of<Kind extends DocumentKind> = Extract<AccountingDocument, { kind: Kind }>

const putInvoice = async (oneC: OneC, { bill, payer }: Of<'invoice'>): Promise<Delivered> => {
  const party = await oneC.ensurePayer(payer, bill.legalEntityId)
  const kept = await oneC.put(oneC.mapping.documents.invoice.set, invoiceDocument(oneC, bill, party))
  return { ...kept, party }
}

const purposes = { payment: 'Оплата', transfer: 'Оплата', refund: 'Возврат' } as const

type MoneyKind = keyof typeof purposes | 'commission'

/** The document of the mapping for this money; undefined is not ours to book. */
const moneyOf = ({ mapping }: OneC, kind: MoneyKind, way: Way | null): MoneyDocument | undefined => {
  const { card, sbp, refund, transfer, commission } = mapping.documents
  if (kind === 'payment') return way === 'sbp' ? sbp : card
  if (kind === 'refund') return refund
  const document = kind === 'transfer' ? transfer : commission
  return typeof document === 'string' ? undefined : document
}

const putMoney = (
  oneC: OneC,
  document: Of<'payment' | 'transfer' | 'refund' | 'commission'>,
): Promise<Delivered> | typeof leftOut => {
  const money = moneyOf(oneC, document.kind, document.kind === 'payment' ? document.way : null)
  if (!money) return leftOut
  const entity =
    document.kind === 'commission'
      ? commissionDocument(oneC, money, document)
      : moneyDocument(oneC, money, document, purposes[document.kind])
  return oneC.put(money.set, entity)
}

/** Never deleted: that would be for good. */
const takeBack = async (
  oneC: OneC,
  set: string | undefined,
  id: string,
): Promise<Delivered | typeof leftOut> => {
  const { cancellation } = oneC.mapping
  if (cancellation === 'leave' || set === undefined) return leftOut
  const before = await oneC.get(set, id)
  if (!before) throw new OneCFault('business', 'vanished', 'Отменяемого документа в 1С нет')
  if (cancellation === 'unpost' && before.Posted === true) await oneC.unpost(set, id)
  if (cancellation === 'mark') await oneC.change(set, { Ref_Key: id, DeletionMark: true })
  const after = (await oneC.get(set, id)) ?? {}
  if (after.Posted === true || (cancellation === 'mark' && after.DeletionMark !== true))
    throw new OneCFault('business', 'not-cancelled', 'Документ в 1С остался проведённым')
  return { number: String(after.Number ?? ''), version: String(after.DataVersion ?? ''), posted: false }
}

const listed = (amount: string | null, row: OneCAnswer): Listed => ({
  id: String(row.Ref_Key).toLowerCase(),
  amountKopecks: amount === null ? undefined : kopecksOf(row[amount]),
  posted: row.Posted === true,
  marked: row.DeletionMark === true,
})

type Set = { set: string; amount: string | null; comment: string | null }

const setOf = (oneC: OneC, kind: DocumentKind, way: Way | null): Set | undefined => {
  const { invoice } = oneC.mapping.documents
  if (kind === 'invoice' || kind === 'cancellation')
    return { set: invoice.set, ...fieldsOf('invoice', invoice.fields) }
  const money = moneyOf(oneC, kind === 'withdrawal' ? 'transfer' : kind, way)
  return money && { set: money.set, ...fieldsOf('money', money.fields) }
}

const everySet = (oneC: OneC): Set[] => {
  const sets = [
    setOf(oneC, 'invoice', null),
    setOf(oneC, 'payment', 'card'),
    setOf(oneC, 'payment', 'sbp'),
    ...(['transfer', 'refund', 'commission'] as const).map((kind) => setOf(oneC, kind, null)),
  ].filter((one) => one !== undefined)
  return [...new Map(sets.map((one) => [one.set, one])).values()]
}

/** Ours by the mark in the comment, where the base keeps one: all else there is the accountant's. */
const isOurs = (comment: string | null, row: OneCAnswer): boolean =>
  comment === null || String(row[comment] ?? '').startsWith(`ext:${String(row.Ref_Key).toLowerCase()}`)

const listSet = async (oneC: OneC, { set, amount, comment }: Set, from: Date, to: Date) => {
  const filter = `Date ge ${oneCTime(oneC.at(from))} and Date lt ${oneCTime(oneC.at(to))}`
  const names = ['Ref_Key', 'Posted', 'DeletionMark', amount, comment].filter((name) => name !== null)
  const rows = await oneC.list(set, filter, names)
  return rows.filter((row) => isOurs(comment, row)).map((row) => listed(amount, row))
}

/** The base's standard OData, by the customer's mapping. */
export const openODataGateway = (oneC: OneC): AccountingGateway => ({
  channel: 'odata',
  put: async (document) => {
    if (document.kind === 'invoice') return putInvoice(oneC, document)
    if (document.kind === 'cancellation')
      return takeBack(oneC, oneC.mapping.documents.invoice.set, document.bill.id)
    if (document.kind === 'withdrawal')
      return takeBack(oneC, moneyOf(oneC, 'transfer', null)?.set, document.id)
    return putMoney(oneC, document)
  },
  ping: async () => void (await oneC.sets({ once: true })),
  documentsBetween: async (from, to) => {
    const all: Listed[] = []
    // One after another: it is the accountant's base, and this is in no hurry.
    for (const one of everySet(oneC)) all.push(...(await listSet(oneC, one, from, to)))
    return all
  },
  stateOf: async (kind, { id, way }) => {
    const at = setOf(oneC, kind, way)
    const found = at && (await oneC.get(at.set, id))
    return at && found && listed(at.amount, found)
  },
  expects: { posted: oneC.mapping.postMode === 'post', cancelled: oneC.mapping.cancellation },
  check: () => checkMapping(oneC),
})

/** Of a payer whose invoice was exported before its keys were noted. */
export const ownParty = async (userId: string) => ({
  counterpartyKey: userId,
  contractKey: await derivedKey(userId, 'contract'),
})
