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

const dayMs = 86_400_000

/** As an operator carries them over: the file of the bank's own cabinet, byte by byte. */
const carry = async (book: 'statement' | 'registry', day: string): Promise<void> => {
  const given = await payment.bank.app.request(`http://sim.test/_sim/${book}?day=${day}`)
  const body = new Uint8Array(await given.arrayBuffer())
  const path = book === 'statement' ? '/v1/statements' : '/v1/registries'
  const taken = await payment.askFile(path, { token: await story.operator(), body })
  expect([book, day, taken.status]).toEqual([book, day, 201])
}
const prove = async (day: string) => {
  const token = await story.operator()
  return (await payment.ask('POST', '/v1/reconciliations', { token, body: { day } })).json
}

test("three days of cards, СБП, refunds and transfers: the bank's own books and the ledger agree to the kopeck", async () => {
  await carry('statement', '2026-11-23')
  const card = await story.settled({ priceKopecks: 123_457 })
  const sbp = await story.attempt({ way: 'sbp', priceKopecks: 33_333 })
  await story.pay(sbp.mdOrder, { way: 'sbp' })
  await payment.advance(3000)
  await payment.run('ask-bank')
  const invoice = await story.invoice(50_000)
  const [row] = await payment.sql<
    { number: string }[]
  >`select number from invoices where id = ${invoice.invoiceId}`
  payment.payers.push({ userId: invoice.userId, inn: '7707083893', displayName: 'ООО «Ромашка»' })
  await payment.advance(dayMs)
  await payment.bank.ask('POST', 'transfers', {
    amount: 50_000,
    purpose: `Оплата по счёту № ${row?.number}`,
    partyInn: '7707083893',
  })
  const body = { attemptId: card.attemptId, amountKopecks: 123_457, reason: 'r' }
  await payment.ask('POST', '/v1/refunds', { token: await story.operator(), body })
  await payment.run('send-refunds')
  await payment.advance(60_000)
  await payment.run('send-refunds')
  await payment.advance(2 * dayMs)
  for (const day of ['2026-11-23', '2026-11-24']) await carry('registry', day)
  for (const day of ['2026-11-24', '2026-11-25', '2026-11-26']) await carry('statement', day)
  await payment.run('match-transfers', 'find-payouts', 'reconcile-days')
  for (const day of ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26'])
    expect(await prove(day)).toMatchObject({ day, differences: 0 })
  const { json } = await payment.ask('GET', '/v1/ledger/balances', { token: await story.operator() })
  const accounts = json.accounts as { account: string; balanceKopecks: number }[]
  const balanceOf = (name: string) => accounts.find(({ account }) => account === name)?.balanceKopecks
  expect([
    balanceOf('acquiring'),
    balanceOf('unidentified'),
    balanceOf(`receivable:${invoice.userId}`),
  ]).toEqual([0, 0, 0])
  expect(balanceOf('commission')).toBe(1852 + 233)
  expect(balanceOf('bank')).toBe(10_000_000 + 50_000 + 33_333 - 1852 - 233)
})
