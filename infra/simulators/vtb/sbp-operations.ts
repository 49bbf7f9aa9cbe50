import type { Bank } from './bank.ts'
import { issueQr } from './issue-qr.ts'
import { type Order, orderStatus, type Qr } from './order.ts'
import { findOrder, saveOrder } from './order-book.ts'
import { type Form, mandatory, optional } from './read-form.ts'
import { accepted, Refusal } from './refusal.ts'

type SbpOperation = (bank: Bank, form: Form) => object

const demandOrder = ({ store }: Bank, form: Form): Order => {
  const order = findOrder(store, mandatory(form, 'mdOrder', 36))
  if (!order) throw new Refusal('noSuchOrder')
  return order
}

const demandQr = ({ qrs }: Order, qrId: string | null): Qr => {
  const qr = qrId === null ? qrs.at(-1) : qrs.find((one) => one.qrId === qrId)
  if (!qr) throw new Refusal('noSuchOrder', 'qrId')
  return qr
}

/** The picture is not drawn; whoever shows the QR draws it from the payload, as the bank's papers allow. */
const getQr: SbpOperation = (bank, form) => {
  const order = demandOrder(bank, form)
  optional(form, 'paymentPurpose', 140)
  for (const side of ['qrHeight', 'qrWidth']) checkSide(form.get(side), side)
  const { qr } = issueQr(bank, order, redirectUrl(form))
  return {
    ...accepted,
    qrId: qr.qrId,
    [bank.settings().qrStateField]: qr.state,
    ...(qr.state === 'STARTED' && { payload: qr.payload }),
  }
}

const checkSide = (value: string | null, name: string): void => {
  if (value && !(/^\d{2,4}$/.test(value) && Number(value) >= 10 && Number(value) <= 1000))
    throw new Refusal('value', name)
}

/** What is no address is silently left out. */
const redirectUrl = (form: Form): string | null => {
  const value = form.get('redirectUrl') ?? ''
  return value.length <= 1024 && /^https?:\/\//i.test(value) && URL.canParse(value) ? value : null
}

const qrStatus: SbpOperation = (bank, form) => {
  const order = demandOrder(bank, form)
  const qr = demandQr(order, optional(form, 'qrId', 64))
  return {
    ...accepted,
    [bank.settings().qrStateField]: qr.state,
    qrType: 'DYNAMIC',
    transactionState: transactionState(order),
  }
}

const transactionState = ({ status, depositedAt }: Order): string => {
  if (status === orderStatus.deposited || status === orderStatus.refunded) return 'DEPOSITED'
  if (status === orderStatus.declined || depositedAt !== null) return 'DECLINED'
  return 'CREATED'
}

/** Only a QR that nobody has begun to pay can be taken back. */
const rejectQr: SbpOperation = (bank, form) => {
  const order = demandOrder(bank, form)
  const qr = demandQr(order, mandatory(form, 'qrId', 64))
  const rejected = qr.state === 'STARTED'
  if (rejected) {
    const qrs = order.qrs.map((one): Qr => (one === qr ? { ...one, state: 'REJECTED_BY_USER' } : one))
    saveOrder(bank.store, { ...order, qrs })
  }
  return { ...accepted, rejected }
}

export const sbpOperations: Record<string, SbpOperation> = {
  'sbp/c2b/qr/dynamic/get.do': getQr,
  'sbp/c2b/qr/status.do': qrStatus,
  'sbp/c2b/qr/dynamic/reject.do': rejectQr,
}
