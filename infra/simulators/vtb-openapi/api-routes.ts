import type { Context } from 'hono'
import * as v from 'valibot'
import type { Env, Simulator } from '../frame/simulator.ts'
import { describeOrder, describeRefund } from './describe.ts'
import { readRoubles } from './money.ts'
import {
  addOrder,
  type Bank,
  findByPayment,
  findOrder,
  type Order,
  type Refund,
  refundableKopecks,
  saveOrder,
} from './order.ts'
import { settleDue } from './pay-order.ts'
import type { Caller } from './tokens.ts'

export const apiPath = '/openapi/smb/efcp/e-commerce/v1'

const Amount = v.pipe(
  v.object({ value: v.pipe(v.unknown(), v.transform(readRoubles), v.number()), code: v.literal('RUB') }),
  v.transform(({ value }) => value),
)
const Id = v.pipe(v.string(), v.minLength(1), v.maxLength(50))
const NewOrder = v.object({
  orderId: Id,
  orderName: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  amount: Amount,
  expire: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  returnUrl: v.optional(v.pipe(v.string(), v.url())),
  returnPaymentData: v.optional(v.literal('sbp')),
})
const NewRefund = v.object({ refundId: Id, paymentId: Id, amount: Amount })

const mostSbpKopecks = 100_000_000

type Answer = { status: 200 | 400 | 404 | 409 | 422; body: object; told?: object }
const refusal = (status: 400 | 404 | 409 | 422, message: string): Answer => ({
  status,
  body: { error: { code: status, message } },
})

export const addApiRoutes = ({ app }: Simulator, bank: Bank, caller: Caller, wake: () => void): void => {
  const answer = async (c: Context<Env>, act: (body: unknown, publicUrl: string) => Answer) => {
    const refused = caller.refuse(c)
    if (refused) return refused
    const body: unknown = c.req.method === 'POST' ? await c.req.json().catch(() => null) : null
    const publicUrl = (bank.settings().publicUrl ?? new URL(c.req.url).origin).replace(/\/$/, '')
    settleDue(bank)
    const answered = bank.store.transaction(() => act(body, publicUrl))()
    c.set('journal', answered.told ?? {})
    wake()
    return c.json(answered.body, answered.status)
  }
  for (const [path, preauth] of [
    ['/orders', false],
    ['/orders/preauth', true],
  ] as const)
    app.post(`${apiPath}${path}`, (c) => answer(c, (body, url) => createOrder(bank, body, preauth, url)))
  app.get(`${apiPath}/orders/:orderId`, (c) =>
    answer(c, (_, url) => showOrder(bank, c.req.param('orderId'), url)),
  )
  app.post(`${apiPath}/refunds`, (c) => answer(c, (body) => createRefund(bank, body)))
}

const createOrder = (bank: Bank, body: unknown, preauth: boolean, publicUrl: string): Answer => {
  const read = v.safeParse(NewOrder, body)
  if (!read.success) return refusal(400, 'Неверный заказ')
  const { orderId, orderName, amount, expire, returnUrl, returnPaymentData } = read.output
  const told = { orderId, kopecks: amount }
  const known = findOrder(bank.store, orderId)
  if (known && bank.settings().repeatedOrder === 'answered')
    return { status: 200, body: describeOrder(bank, known, publicUrl, true), told }
  if (known) return { ...refusal(409, 'Заказ с таким номером есть'), told }
  if (returnPaymentData === 'sbp' && amount > mostSbpKopecks)
    return { ...refusal(422, 'Сумма выше предела СБП'), told }
  const now = bank.now()
  const order: Order = {
    orderId,
    orderCode: bank.newId(),
    orderName,
    kopecks: amount,
    preauth,
    createdAt: now,
    expireAt: expire ? Date.parse(expire) : null,
    returnUrl: returnUrl ?? null,
    sbp: returnPaymentData === 'sbp' ? newLink(bank, amount) : null,
    payments: [],
    refunds: [],
    changedAt: now,
  }
  addOrder(bank.store, order)
  return { status: 200, body: describeOrder(bank, order, publicUrl, true), told }
}

/** The short form, as stands give it: НСПК's own address without a query. */
const newLink = ({ newId }: Bank, kopecks: number) => {
  const qrcId = `BD${newId().replaceAll('-', '').toUpperCase().slice(0, 30)}`
  return { qrcId, url: `https://qr.nspk.ru/${qrcId}?type=02&bank=100000000005&sum=${kopecks}&cur=RUB` }
}

const showOrder = (bank: Bank, orderId: string, publicUrl: string): Answer => {
  const order = findOrder(bank.store, orderId)
  if (!order) return refusal(404, 'Заказ не найден')
  return { status: 200, body: describeOrder(bank, order, publicUrl, false), told: { orderId } }
}

const createRefund = (bank: Bank, body: unknown): Answer => {
  const read = v.safeParse(NewRefund, body)
  if (!read.success) return refusal(400, 'Неверный возврат')
  const { refundId, paymentId, amount } = read.output
  const told = { refundId, paymentId, kopecks: amount }
  const order = findByPayment(bank.store, paymentId)
  if (!order) return { ...refusal(404, 'Платёж не найден'), told }
  const { refundIdIsKnown, refundPendingMs, refundFails } = bank.settings()
  const known = refundIdIsKnown && order.refunds.find((one) => one.refundId === refundId)
  if (known) return { status: 200, body: describeRefund(bank, order, known), told }
  if (amount > refundableKopecks(order, paymentId)) return { ...refusal(422, 'Больше, чем осталось'), told }
  if (refundFails && refundPendingMs === 0) return { ...refusal(422, 'Возврат невозможен'), told }
  const now = bank.now()
  const refund: Refund = {
    refundId,
    refundCode: bank.newId(),
    paymentId,
    kopecks: amount,
    word: 'NEW',
    createdAt: now,
    dueAt: now + refundPendingMs,
    fails: refundFails,
  }
  saveOrder(bank.store, { ...order, refunds: [...order.refunds, refund], changedAt: now })
  settleDue(bank)
  return { status: 200, body: describeRefund(bank, order, refund), told }
}
