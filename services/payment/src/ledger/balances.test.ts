import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

test('after an issue, a cancellation and a payment every account says what it should, and all balance', async () => {
  const token = await story.operator()
  const waiting = await story.invoice(300)
  const cancelled = await story.invoice(500)
  await payment.ask('POST', `/v1/invoices/${cancelled.invoiceId}/cancel`, { token })
  const paid = await story.settled({ priceKopecks: 1000 })
  const { status, json } = await payment.ask('GET', '/v1/ledger/balances', { token: await story.operator() })
  expect(status).toBe(200)
  expect(json).toMatchObject({ debitsKopecks: 3300, creditsKopecks: 3300, balanced: true })
  const accounts = json.accounts as { account: string; balanceKopecks: number }[]
  expect(
    Object.fromEntries(accounts.map(({ account, balanceKopecks }) => [account, balanceKopecks])),
  ).toEqual({
    acquiring: 1000,
    invoiced: -1300,
    [`receivable:${waiting.userId}`]: 300,
    [`receivable:${cancelled.userId}`]: 0,
    [`receivable:${paid.userId}`]: 0,
  })
})

test('who may not read the ledger does not', async () => {
  const token = await payment.tokenFor(crypto.randomUUID())
  expect((await payment.ask('GET', '/v1/ledger/balances', { token })).status).toBe(403)
  expect((await payment.ask('GET', '/v1/ledger/balances')).status).toBe(401)
})
