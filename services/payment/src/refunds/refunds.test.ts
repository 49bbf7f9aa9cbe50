import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { OrderRef } from '../acquirer/acquirer.ts'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { claimRefunds, markAttempted } from './claim-refunds.ts'
import { sendRefunds } from './send-refunds.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())
const rbs = () => payment.resources.acquirers.of('rbs')
// What a test planned or left under way, failed or not, meets no other.
beforeEach(async () => {
  rbs().refundId = 'verified'
  await payment.bank.fault()
  await payment.bank.ask('POST', 'settings', {
    externalRefundId: true,
    refundPendingMs: 0,
    refundFails: false,
  })
  await payment.sql`update refunds set ask_at = null`
})

const request = async (attemptId: string, amountKopecks: unknown, more = {}) =>
  payment.ask('POST', '/v1/refunds', {
    token: await story.operator(),
    body: { attemptId, amountKopecks, reason: 'Возврат', ...more },
  })
const stateOf = async (refundId: unknown) => {
  const token = await story.operator()
  return (await payment.ask('GET', `/v1/refunds/${refundId}`, { token })).json.state
}
const bankOrder = (mdOrder: string) => payment.bank.ask('GET', `orders/${mdOrder}`)
const refundedAtBank = async (mdOrder: string) => (await bankOrder(mdOrder)).refundedAmount
const reserved = async (attemptId: string) => (await story.attemptOf(attemptId)).refundedKopecks
const round = async () => {
  await payment.advance(3000)
  await payment.run('send-refunds')
}

test("a refund is reserved, told to the bank, and settled by the bank's answer", async () => {
  const { attemptId, mdOrder, invoiceId } = await story.settled({ priceKopecks: 1000 })
  const asked = await request(attemptId, 400)
  expect(asked).toMatchObject({ status: 202, json: { state: 'requested' } })
  expect([await reserved(attemptId), await refundedAtBank(mdOrder)]).toEqual([400, 0])
  await payment.run('send-refunds')
  expect([await stateOf(asked.json.refundId), await refundedAtBank(mdOrder)]).toEqual(['settled', 400])
  const events = await payment.sql<{ type: string }[]>`
    select type from outbox where subject = ${invoiceId} order by position`
  expect(events.slice(-2).map(({ type }) => type)).toEqual([
    'payment.refund-requested',
    'payment.refund-settled',
  ])
})

test('twenty refunds of 60 % at once never come to more than was captured', async () => {
  const { attemptId, mdOrder } = await story.settled({ priceKopecks: 1000 })
  const answers = await Promise.all(Array.from({ length: 20 }, () => request(attemptId, 600)))
  expect(answers.map(({ status }) => status).sort()).toEqual([202, ...Array.from({ length: 19 }, () => 409)])
  await round()
  expect([await reserved(attemptId), await refundedAtBank(mdOrder)]).toEqual([600, 600])
  const more = await request(attemptId, 401)
  expect([more.status, more.json.leftKopecks]).toEqual([409, 400])
})

test('refunds of one order go one after another, each with the sum that the bank then has', async () => {
  const { attemptId, mdOrder } = await story.settled({ priceKopecks: 1000 })
  const asked = await Promise.all([100, 200, 300].map((amount) => request(attemptId, amount)))
  for (let i = 0; i < 3; i++) await round()
  for (const { json } of asked) expect(await stateOf(json.refundId)).toBe('settled')
  expect(await refundedAtBank(mdOrder)).toBe(600)
})

test('a refund whose look at the order is older than the end of another one looks again', async () => {
  const { attemptId, mdOrder } = await story.settled({ priceKopecks: 1000 })
  const asked = await Promise.all([300, 300].map((amount) => request(attemptId, amount)))
  const states = () => Promise.all(asked.map(({ json }) => stateOf(json.refundId)))
  const { resources } = payment
  let looks = 0
  const find = async (order: OrderRef) => {
    const isLate = ++looks === 2
    const answer = await rbs().find(order)
    while (isLate && !(await states()).includes('settled')) await Bun.sleep(1)
    return answer
  }
  await sendRefunds({ ...resources, acquirers: { forNew: 'rbs', of: () => ({ ...rbs(), find }) } })
  expect([(await states()).sort(), await refundedAtBank(mdOrder)]).toEqual([['requested', 'settled'], 300])
  await payment.run('send-refunds')
  expect([await states(), await refundedAtBank(mdOrder)]).toEqual([['settled', 'settled'], 600])
})

test.each([
  ['verified', 'timeout-after-acting', true],
  ['verified', 'garbage', true],
  ['verified', 'error', true],
  ['unverified', 'timeout-after-acting', true],
  ['unverified', 'error', false],
] as const)('%s, a refund that ended in %s is made at most once (made: %p)', async (refundId, kind, made) => {
  rbs().refundId = refundId
  await payment.bank.ask('POST', 'settings', { externalRefundId: refundId === 'verified' })
  const { attemptId, mdOrder } = await story.settled({ priceKopecks: 1000 })
  const asked = await request(attemptId, 300)
  await payment.bank.fault({ operation: 'refund.do', kind })
  await payment.run('send-refunds')
  expect(await stateOf(asked.json.refundId)).toBe('unknown')
  await round()
  await round()
  expect(await stateOf(asked.json.refundId)).toBe(made ? 'settled' : 'unknown')
  expect([await refundedAtBank(mdOrder), await reserved(attemptId)]).toEqual([made ? 300 : 0, 300])
})

test.each([
  ['verified', 300],
  ['unverified', 0],
] as const)(
  '%s, a crash between the note and the call leaves %i kopecks refunded',
  async (refundId, kopecks) => {
    rbs().refundId = refundId
    const { attemptId, mdOrder } = await story.settled({ priceKopecks: 1000 })
    const asked = await request(attemptId, 300)
    const claimed = await claimRefunds(payment.resources)
    const mine = claimed.filter(({ id }) => id === asked.json.refundId)
    for (const refund of mine)
      await markAttempted(payment.resources, refund, { refundedKopecks: 0, depositedKopecks: 1000 })
    await payment.advance(36_000)
    await payment.run('send-refunds')
    expect(mine).toHaveLength(1)
    expect(await refundedAtBank(mdOrder)).toBe(kopecks)
    expect(await stateOf(asked.json.refundId)).toBe(kopecks ? 'settled' : 'unknown')
  },
)

test('a definite refusal ends the refund and frees what it reserved', async () => {
  const { attemptId } = await story.settled({ priceKopecks: 1000 })
  await payment.bank.ask('POST', 'settings', { refundFails: true })
  const asked = await request(attemptId, 1000)
  await payment.run('send-refunds')
  await payment.bank.ask('POST', 'settings', { refundFails: false })
  expect([await stateOf(asked.json.refundId), await reserved(attemptId)]).toEqual(['failed', 0])
  expect((await request(attemptId, 1000)).status).toBe(202)
})

test('a refund in progress is neither repeated nor settled before the bank says so, and one that fails then is free again', async () => {
  const { attemptId, mdOrder } = await story.settled({ priceKopecks: 1000 })
  for (const [fails, state] of [
    [false, 'settled'],
    [true, 'failed'],
  ] as const) {
    await payment.bank.ask('POST', 'settings', { refundPendingMs: 10_000, refundFails: fails })
    const asked = await request(attemptId, 400)
    await payment.run('send-refunds')
    await round()
    expect(await stateOf(asked.json.refundId)).toBe('sending')
    await payment.advance(10_000)
    await payment.run('send-refunds')
    expect(await stateOf(asked.json.refundId)).toBe(state)
  }
  expect([await reserved(attemptId), await refundedAtBank(mdOrder)]).toEqual([400, 400])
  expect(((await bankOrder(mdOrder)).refunds as unknown[]).length).toBe(2)
})

test('unverified, a refund that the bank took and never made is shown to an operator after a day', async () => {
  rbs().refundId = 'unverified'
  await payment.bank.ask('POST', 'settings', {
    externalRefundId: false,
    refundPendingMs: 10_000,
    refundFails: true,
  })
  const { attemptId } = await story.settled({ priceKopecks: 1000 })
  const asked = await request(attemptId, 400)
  await payment.run('send-refunds')
  await payment.advance(20_000)
  await payment.run('send-refunds')
  expect(await stateOf(asked.json.refundId)).toBe('sending')
  await payment.advance(25 * 3_600_000)
  await payment.run('send-refunds')
  expect([await stateOf(asked.json.refundId), await reserved(attemptId)]).toEqual(['unknown', 400])
})

test('what is not paid, too much, nothing or not ours to give is refused', async () => {
  const open = await story.attempt()
  expect((await request(open.attemptId, 1)).status).toBe(409)
  expect((await request(crypto.randomUUID(), 1)).status).toBe(404)
  const { attemptId, token } = await story.settled({ priceKopecks: 1000 })
  for (const amount of [0, -1, 0.5, '1', null, 2 ** 53])
    expect((await request(attemptId, amount)).status).toBe(400)
  expect((await request(attemptId, 1001)).status).toBe(409)
  expect((await request(attemptId, 1, { currency: 'USD' })).status).toBe(400)
  const body = { attemptId, amountKopecks: 1, reason: 'x' }
  expect((await payment.ask('POST', '/v1/refunds', { token, body })).status).toBe(403)
  expect((await payment.ask('POST', '/v1/refunds', { body })).status).toBe(401)
})

test('the payer sees his refund, another does not', async () => {
  const { attemptId, userId, token } = await story.settled({ priceKopecks: 1000 })
  const { json } = await request(attemptId, 400)
  const own = await payment.ask('GET', `/v1/refunds/${json.refundId}`, { token })
  expect(own.json).toMatchObject({ attemptId, amountKopecks: 400, state: 'requested', failure: null })
  const other = await payment.tokenFor(crypto.randomUUID())
  expect((await payment.ask('GET', `/v1/refunds/${json.refundId}`, { token: other })).status).toBe(404)
  expect((await payment.ask('GET', `/v1/refunds/${json.refundId}?wait=11`, { token })).status).toBe(400)
  expect(userId).not.toBe(other)
})

test('after all this the ledger balances, what is in transit is what is under way, and the bank has as much as we', async () => {
  const [row] = await payment.sql<{ total: number; transit: number; acquiring: number }[]>`
    select sum(amount_kopecks)::bigint as total,
      -(sum(amount_kopecks) filter (where account = 'refunds-in-transit'))::bigint as transit,
      (sum(amount_kopecks) filter (where account = 'acquiring'))::bigint as acquiring
    from ledger_entries`
  const [under] = await payment.sql<{ way: number }[]>`
    select coalesce(sum(amount_kopecks), 0)::bigint as way from refunds where state in ('requested', 'sending', 'unknown')`
  expect(row).toMatchObject({ total: 0, transit: under?.way })
  const { orders } = await payment.bank.ask('GET', 'orders')
  const held = (orders as { depositedAmount: number }[]).reduce(
    (sum, order) => sum + order.depositedAmount,
    0,
  )
  expect(row?.acquiring).toBe(held)
})

test('no row broke on a bug of ours in all of these', () => {
  expect(payment.lines.filter((line) => line.includes('due-row-failed'))).toEqual([])
})
