import type { Acquirer, Qr } from '../acquirer/acquirer.ts'
import { payAddress, qrAddress } from '../acquirer/addresses.ts'
import { BankFault } from '../acquirer/bank-fault.ts'
import type { Openapi } from './client.ts'
import { readOrder, type StateWords } from './read-order.ts'
import type { OrderAnswer } from './schemas.ts'

export type OpenapiSetup = {
  openapi: Openapi
  refundId: Acquirer['refundId']
  sessionSeconds: number
  sbp: 'with-order' | 'none'
  words: StateWords
  now: () => Date
}

const sbpMostKopecks = 100_000_000
/** Nobody told of a limit; so much is held by every interface that was seen. */
const mostKopecks = 999_999_999_999

const qrOf = ({ preparedPayments, orderCode, orderId }: OrderAnswer): Qr | undefined => {
  const sbp = preparedPayments?.find(({ type }) => type?.toLowerCase() === 'sbp')?.object
  return sbp?.url ? { qrId: sbp.qrcId ?? orderCode ?? orderId, payload: qrAddress(sbp.url) } : undefined
}

/** No public paper tells how a hold is taken there or let go: so nothing is held through it. */
const noSuchCall = (): never => {
  throw new BankFault('not-sent', 'no-such-call')
}

/** ВТБ's OpenAPI e-commerce as the second adapter. */
export const openapiAcquirer = ({
  openapi,
  refundId,
  sessionSeconds,
  sbp,
  words,
  now,
}: OpenapiSetup): Acquirer => ({
  name: 'openapi',
  refundId,
  limitOf: ({ way, amountKopecks, capture }) => {
    if (capture === 'manual') return 'This interface of ВТБ holds nothing: choose the other for this invoice'
    if (way === 'sbp' && sbp === 'none') return 'СБП is not offered here'
    if (way === 'sbp' && amountKopecks > sbpMostKopecks) return 'СБП takes at most 1 000 000 ₽'
    if (amountKopecks > mostKopecks) return 'ВТБ takes at most 12 digits of kopecks'
    return undefined
  },
  register: async ({ orderNumber, amount, description }) => {
    const answer = await openapi.createOrder({
      orderId: orderNumber,
      orderName: description.slice(0, 255),
      amount,
      expire: new Date(now().getTime() + sessionSeconds * 1000),
      wantsSbp: sbp === 'with-order' && amount <= sbpMostKopecks,
    })
    if (answer.orderId !== orderNumber) throw new BankFault('unclear', 'another-order')
    const qr = qrOf(answer)
    return {
      bankId: answer.orderCode ?? answer.orderId,
      payUrl: answer.payUrl ? payAddress(answer.payUrl) : null,
      qrId: qr?.qrId,
      qrPayload: qr?.payload,
    }
  },
  find: async ({ orderNumber }) => {
    const answer = await openapi.order(orderNumber)
    return answer && readOrder(answer, words, now())
  },
  qr: async ({ orderNumber }) => {
    const answer = await openapi.order(orderNumber)
    const qr = answer && qrOf(answer)
    if (!qr) throw new BankFault('unclear', 'no-qr')
    return qr
  },
  // An order ends by its own `expire`: no call that gives it up is known.
  withdraw: async () => {},
  capture: async () => noSuchCall(),
  release: async () => noSuchCall(),
  refund: async ({ order: { paymentId }, amount, number }) => {
    if (!paymentId) throw new BankFault('not-sent', 'no-payment-id')
    await openapi.refund({ refundId: number, paymentId, amount })
  },
})
