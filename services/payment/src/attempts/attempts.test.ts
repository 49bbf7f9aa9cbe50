import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { endAttempt } from './end-attempt.ts'
import { judgeAttempt } from './judge-attempt.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

const stateOf = async (attemptId: string) => (await story.attemptOf(attemptId)).state
const invoiceState = async ({ invoiceId, userId }: { invoiceId: string; userId: string }) => {
  const token = await payment.tokenFor(userId)
  return (await payment.ask('GET', `/v1/invoices/${invoiceId}`, { token })).json.state
}
const eventsOf = async (invoiceId: string): Promise<string[]> =>
  (
    await payment.sql<{ type: string }[]>`
    select type from outbox where subject = ${invoiceId} order by position`
  ).map(({ type }) => type)
const pollsPassed = async () => {
  await payment.advance(3000)
  await payment.run('ask-bank')
}

test('an attempt begins as a row, becomes an order at the bank, and its payer sees where to pay', async () => {
  const { token, invoiceId } = await story.invoice()
  const started = await payment.ask('POST', `/v1/invoices/${invoiceId}/attempts`, {
    token,
    body: { way: 'sbp' },
  })
  expect(started).toMatchObject({ status: 202, json: { state: 'starting' } })
  await payment.run('start-attempts')
  const { json } = await payment.ask('GET', `/v1/attempts/${started.json.attemptId}?wait=10`, { token })
  expect(json).toMatchObject({ invoiceId, state: 'open', amountKopecks: 1_220_000 })
  expect(String(json.payUrl)).toStartWith('http')
  expect(String(json.qrPayload)).toStartWith('https://qr.nspk.ru/')
  const other = await payment.tokenFor(crypto.randomUUID())
  expect((await payment.ask('GET', `/v1/attempts/${json.attemptId}`, { token: other })).status).toBe(404)
})

test("a callback settles nothing: the bank's answer to our question does, and a duplicate changes nothing", async () => {
  const made = await story.attempt()
  await story.pay(made.mdOrder, { callback: 'duplicate' })
  const [kept] = await payment.sql<{ count: number }[]>`
    select count(*)::integer as count from bank_callbacks where attempt_id = ${made.attemptId}`
  await payment.bank.tick()
  const after = await payment.sql`select id from bank_callbacks where attempt_id = ${made.attemptId}`
  expect([kept?.count, after.length]).toEqual([0, 1])
  expect(await stateOf(made.attemptId)).toBe('open')
  await payment.run('ask-bank')
  expect([await stateOf(made.attemptId), await invoiceState(made)]).toEqual(['settled', 'paid'])
  await payment.bank.tick()
  await payment.run('ask-bank')
  expect(await eventsOf(made.invoiceId)).toEqual([
    'payment.invoice-issued',
    'payment.attempt-started',
    'payment.attempt-settled',
    'payment.invoice-paid',
  ])
})

test('a payment whose callback was lost is found by the poll within three seconds', async () => {
  const made = await story.attempt({ way: 'sbp' })
  await story.pay(made.mdOrder, { way: 'sbp' })
  await pollsPassed()
  expect(await story.attemptOf(made.attemptId)).toMatchObject({ state: 'settled', way: 'sbp' })
})

test('a declined payment ends the attempt and leaves the invoice to be paid', async () => {
  const made = await story.attempt()
  await story.pay(made.mdOrder, { outcome: 'declined' })
  await pollsPassed()
  expect([await stateOf(made.attemptId), await invoiceState(made)]).toEqual(['failed', 'issued'])
  expect(await eventsOf(made.invoiceId)).toContain('payment.attempt-failed')
})

test.each([
  ['amount', 'amount_kopecks = amount_kopecks - 1'],
  ['number', 'order_number = reverse(order_number)'],
])(
  'an order whose %s is not ours is quarantined, credits nobody and lets nobody pay beside it',
  async (reason, change) => {
    const made = await story.attempt()
    await payment.ownerSql.unsafe(`update attempts set ${change} where id = '${made.attemptId}'`)
    await story.pay(made.mdOrder)
    await pollsPassed()
    expect(await story.attemptOf(made.attemptId)).toMatchObject({ state: 'quarantined', reason, askAt: null })
    expect(await invoiceState(made)).toBe('issued')
    expect(payment.lines.some((line) => line.includes('attempt-quarantined'))).toBe(true)
    const body = { way: 'card' }
    const beside = await payment.ask('POST', `/v1/invoices/${made.invoiceId}/attempts`, {
      token: made.token,
      body,
    })
    expect(beside.status).toBe(409)
  },
)

test.each(['timeout-after-acting', 'garbage', 'error'])(
  'a registration that ended in %s leads to one order at the bank',
  async (kind) => {
    await payment.bank.fault({ operation: 'register.do', kind })
    const made = await story.attempt({ way: 'sbp' })
    expect(await stateOf(made.attemptId)).toBe('unknown')
    await payment.advance(3000)
    await payment.run('start-attempts')
    const { state, qrPayload, orderNumber } = await story.attemptOf(made.attemptId)
    expect([state, String(qrPayload).slice(0, 20)]).toEqual(['open', 'https://qr.nspk.ru/A'])
    const { orders } = await payment.bank.ask('GET', `orders?orderNumber=${orderNumber}`)
    expect(orders).toHaveLength(1)
  },
)

test('a card order whose page was lost with the answer is withdrawn, and the payer begins anew', async () => {
  await payment.bank.fault({ operation: 'register.do', kind: 'timeout-after-acting' })
  const made = await story.attempt()
  await payment.advance(3000)
  await payment.run('start-attempts')
  await pollsPassed()
  expect(await stateOf(made.attemptId)).toBe('failed')
  const body = { way: 'card' }
  const again = await payment.ask('POST', `/v1/invoices/${made.invoiceId}/attempts`, {
    token: made.token,
    body,
  })
  expect([again.status, again.json.attemptId === made.attemptId]).toEqual([202, false])
})

test('a live attempt is used again for both ways, and twenty clicks at once make one order', async () => {
  const { token, invoiceId } = await story.invoice()
  const click = (way: string) =>
    payment.ask('POST', `/v1/invoices/${invoiceId}/attempts`, { token, body: { way } })
  const clicks = await Promise.all(Array.from({ length: 20 }, () => click('card')))
  const ids = new Set(clicks.map(({ json }) => json.attemptId))
  expect([ids.size, clicks.every(({ status }) => status === 202)]).toEqual([1, true])
  await payment.run('start-attempts')
  expect((await click('sbp')).json.attemptId).toBe([...ids][0]!)
  await payment.run('start-attempts')
  const { qrPayload, payUrl } = await story.attemptOf(String([...ids][0]))
  expect([qrPayload, payUrl].map(Boolean)).toEqual([true, true])
})

test('a success after the end of the session is accepted', async () => {
  const made = await story.attempt({ way: 'sbp' })
  await payment.advance(21 * 60_000)
  await payment.run('ask-bank')
  expect(await stateOf(made.attemptId)).toBe('expired')
  await story.pay(made.mdOrder, { way: 'sbp' })
  await payment.advance(16 * 60_000)
  await payment.run('ask-bank')
  expect([await stateOf(made.attemptId), await invoiceState(made)]).toEqual(['settled', 'paid'])
})

test('callbacks, polls and a person who ask at once settle once', async () => {
  const made = await story.attempt()
  await story.pay(made.mdOrder)
  const order = await payment.resources.acquirers.of('rbs').find({ orderNumber: '', bankId: made.mdOrder })
  if (!order) throw new Error('The bank has lost the order')
  const { resources } = payment
  await Promise.all(Array.from({ length: 20 }, () => judgeAttempt(resources, made.attemptId, order)))
  const booked = await payment.sql`select id from ledger_transactions where source_id = ${made.attemptId}`
  const told = (await eventsOf(made.invoiceId)).filter((type) => type === 'payment.invoice-paid')
  expect([booked.length, told.length]).toEqual([1, 1])
})

test('a late order with a wrong sum is quarantined beside a live one, and then nobody pays more', async () => {
  const first = await story.attempt({ way: 'sbp' })
  await payment.advance(21 * 60_000)
  await payment.run('ask-bank')
  const path = `/v1/invoices/${first.invoiceId}/attempts`
  const token = await payment.tokenFor(first.userId)
  const pay = () => payment.ask('POST', path, { token, body: { way: 'card' } })
  expect((await pay()).status).toBe(202)
  await payment.ownerSql`update attempts set amount_kopecks = 1 where id = ${first.attemptId}`
  await payment.advance(16 * 60_000)
  await payment.run('ask-bank')
  expect(await stateOf(first.attemptId)).toBe('quarantined')
  const fresh = await payment.tokenFor(first.userId)
  expect((await payment.ask('POST', path, { token: fresh, body: { way: 'card' } })).status).toBe(409)
})

test('a second order that is paid late stands on the payer as an overpayment', async () => {
  const first = await story.attempt({ way: 'sbp' })
  await payment.advance(21 * 60_000)
  await payment.run('ask-bank')
  const path = `/v1/invoices/${first.invoiceId}/attempts`
  const token = await payment.tokenFor(first.userId)
  const second = await payment.ask('POST', path, { token, body: { way: 'card' } })
  await payment.run('start-attempts')
  await story.pay(String((await story.attemptOf(String(second.json.attemptId))).mdOrder))
  await story.pay(first.mdOrder, { way: 'sbp' })
  await payment.advance(16 * 60_000)
  await payment.run('ask-bank')
  const [row] = await payment.sql<{ balance: number }[]>`
    select sum(amount_kopecks)::bigint as balance from ledger_entries where account = ${`receivable:${first.userId}`}`
  expect(row?.balance).toBe(-1_220_000)
})

test.each([
  ['sbp', 100_000_001, 409],
  ['sbp', 100_000_000, 202],
  ['card', 1_000_000_000_000, 409],
  ['card', 999_999_999_999, 202],
])('by %s %i kopecks are answered %i, before anything is written', async (way, priceKopecks, status) => {
  const { token, invoiceId } = await story.invoice(priceKopecks)
  const answer = await payment.ask('POST', `/v1/invoices/${invoiceId}/attempts`, { token, body: { way } })
  expect(answer.status).toBe(status)
  const rows = await payment.sql`select id from attempts where invoice_id = ${invoiceId}`
  expect(rows).toHaveLength(status === 202 ? 1 : 0)
})

test('a refusal that comes late ends no order that another process has made since', async () => {
  const { attemptId } = await story.attempt()
  await endAttempt(payment.resources, attemptId, { state: 'failed', reason: '5' })
  expect((await story.attemptOf(attemptId)).state).toBe('open')
})

test("a stranger's invoice, a paid one and a wrong way are refused", async () => {
  const made = await story.settled()
  const ask = (token: string, body: unknown) =>
    payment.ask('POST', `/v1/invoices/${made.invoiceId}/attempts`, { token, body })
  const stranger = await payment.tokenFor(crypto.randomUUID())
  expect((await ask(stranger, { way: 'card' })).status).toBe(404)
  expect((await ask(made.token, { way: 'card' })).status).toBe(409)
  expect((await ask(made.token, { way: 'cash' })).status).toBe(400)
  expect((await ask(await payment.machineToken('documents'), { way: 'card' })).status).toBe(403)
  expect((await payment.ask('GET', `/v1/attempts/${made.attemptId}`)).status).toBe(401)
})

test('no row broke on a bug of ours in all of these', () => {
  expect(payment.lines.filter((line) => line.includes('due-row-failed'))).toEqual([])
})
