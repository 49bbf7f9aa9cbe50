import type { TestPayment } from '../../../services/payment/src/testing.node.ts'
import { storyOf } from '../../../services/payment/src/testing-story.node.ts'

/** 1 000 000,00 ₽ */
export const million = 100_000_000

export type Made = { invoiceId: string; userId: string; token: string }

/** What is unlike what it should be, in words; empty is well. */
export type Faults = string[]

/** An operator's and a payer's hands over HTTP. */
export const openDesk = (payment: TestPayment) => {
  const story = storyOf(payment)

  const operate = async (method: string, path: string, body?: object) =>
    payment.ask(method, path, { token: await story.operator(), ...(body && { body }) })
  const start = async ({ invoiceId, token }: Made, body: object) =>
    payment.ask('POST', `/v1/invoices/${invoiceId}/attempts`, { token, body })
  const seen = async ({ invoiceId, userId }: Made) =>
    (await payment.ask('GET', `/v1/invoices/${invoiceId}`, { token: await payment.tokenFor(userId) })).json

  /** In the payer's place, at whichever interface of the bank has his order. */
  const payAtBank = async (attemptId: string, way: string): Promise<void> => {
    const { orderNumber, mdOrder } = await story.attemptOf(attemptId)
    if (payment.resources.acquirers.forNew === 'rbs') await story.pay(String(mdOrder), { way })
    else await payment.openapi.ask('POST', `orders/${orderNumber}/pay`, { way, callback: 'lose' })
  }

  /** An order for this much, paid at the bank and settled here. */
  const pay = async (made: Made, way: string, amountKopecks?: number): Promise<string> => {
    const { status, json } = await start(made, { way, ...(amountKopecks && { amountKopecks }) })
    if (status !== 202) throw new Error(`An attempt was answered ${status}`)
    await payment.run('start-attempts')
    const attemptId = String(json.attemptId)
    await payAtBank(attemptId, way)
    await payment.advance(3000)
    await payment.run('ask-bank')
    return attemptId
  }

  const refund = async (attemptId: string, amountKopecks: number): Promise<string> => {
    const body = { attemptId, amountKopecks, reason: 'Возврат' }
    const { json } = await operate('POST', '/v1/refunds', body)
    for (let i = 0; i < 3; i++) {
      await payment.run('send-refunds')
      await payment.advance(3000)
    }
    return String(json.refundId)
  }

  /** As the database writes it, past every number of JavaScript. */
  const balanceOf = async (account: string): Promise<string> => {
    const [row] = await payment.sql<{ sum: string }[]>`
      select coalesce(sum(amount_kopecks), 0)::text as sum from ledger_entries where account = ${account}`
    return row?.sum ?? ''
  }
  /** Everything that a refused wish could have left. */
  const written = async (): Promise<string> => {
    const [row] = await payment.sql<{ text: string }[]>`
      select concat_ws(' ', (select count(*) from invoices), (select count(*) from attempts),
        (select count(*) from refunds), (select count(*) from ledger_transactions), (select count(*) from outbox),
        (select count(*) from exports)) as text`
    const books = [payment.bank, payment.openapi].map(async (bank) => {
      const { orders } = await bank.ask('GET', 'orders')
      return (orders as unknown[]).length
    })
    return `${row?.text} ${(await Promise.all(books)).join(' ')}`
  }
  return { payment, story, operate, start, seen, pay, refund, balanceOf, written }
}
export type Desk = ReturnType<typeof openDesk>

/** Tells where what is differs from what should be. */
export const unlike = (what: string, is: unknown, should: unknown): Faults =>
  JSON.stringify(is) === JSON.stringify(should)
    ? []
    : [`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(should)}`]
