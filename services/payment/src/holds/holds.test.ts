import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { simulatedSeller, simulatedSellerId } from '@kontora/testing'
import { putLegalEntity } from '../legal-entities/put-legal-entity.ts'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())
beforeEach(async () => {
  await payment.bank.fault()
  await payment.sql`update hold_moves set ask_at = null`
})

const over = async (ms = 3000) => {
  await payment.advance(ms)
  await payment.run('ask-bank', 'move-holds')
}
/** Paid by card, and held. */
const held = async (priceKopecks = 1000) => {
  const made = await story.attempt({ priceKopecks, capture: 'manual' })
  await story.pay(made.mdOrder)
  await over()
  return made
}
const move = async (attemptId: string, kind: 'capture' | 'release', body: object) =>
  payment.ask('POST', `/v1/attempts/${attemptId}/${kind}`, {
    token: await story.operator(),
    body: { reason: 'Работа сделана', ...body },
  })
const moves = async (attemptId: string) => {
  const { json } = await payment.ask('GET', `/v1/attempts/${attemptId}/moves`, {
    token: await story.operator(),
  })
  return json.items
}
const book = (mdOrder: string) => payment.bank.ask('GET', `orders/${mdOrder}`)
const calls = async (operation: string, mdOrder: string): Promise<number> => {
  const { entries } = await payment.bank.ask('GET', `journal?operation=${operation}`)
  return (entries as { details: { orderId?: string } }[]).filter(({ details }) => details.orderId === mdOrder)
    .length
}
const invoiceOf = async ({ invoiceId, userId }: { invoiceId: string; userId: string }) => {
  const token = await payment.tokenFor(userId)
  return (await payment.ask('GET', `/v1/invoices/${invoiceId}`, { token })).json
}
const booked = (attemptId: string) =>
  payment.sql`select amount_kopecks from ledger_entries
    join ledger_transactions on id = transaction_id where source_id = ${attemptId} and amount_kopecks > 0`

test('what is held is not paid: nothing is booked, and nothing else can be paid beside it', async () => {
  const made = await held()
  expect(await story.attemptOf(made.attemptId)).toMatchObject({ state: 'held' })
  expect(await invoiceOf(made)).toMatchObject({ state: 'issued', paidKopecks: 0 })
  expect(await booked(made.attemptId)).toHaveLength(0)
  expect(await book(made.mdOrder)).toMatchObject({ twoStage: true, approvedAmount: 1000, depositedAmount: 0 })
  const token = await payment.tokenFor(made.userId)
  const path = `/v1/invoices/${made.invoiceId}/attempts`
  const again = await payment.ask('POST', path, { token, body: { way: 'card' } })
  expect(again.json).toMatchObject({ attemptId: made.attemptId, state: 'held' })
  const bySbp = await payment.ask('POST', path, { token, body: { way: 'sbp' } })
  expect(bySbp.status).toBe(409)
})

test('all of a hold is taken: the bank is told once, and its answer to our question settles', async () => {
  const made = await held()
  expect(await move(made.attemptId, 'capture', { amountKopecks: 1000 })).toMatchObject({ status: 202 })
  expect((await story.attemptOf(made.attemptId)).state).toBe('held')
  await payment.run('move-holds')
  expect(await story.attemptOf(made.attemptId)).toMatchObject({ state: 'settled', way: 'card' })
  expect(await invoiceOf(made)).toMatchObject({ state: 'paid' })
  expect([await calls('deposit.do', made.mdOrder), (await moves(made.attemptId))[0]?.state]).toEqual([
    1,
    'done',
  ])
})

test('a part of a hold is taken, booked and applied, and no more than that can be given back', async () => {
  const made = await held()
  await move(made.attemptId, 'capture', { amountKopecks: 600 })
  await payment.run('move-holds')
  expect([...(await booked(made.attemptId))]).toEqual([{ amountKopecks: 600 }])
  expect(await invoiceOf(made)).toMatchObject({ state: 'issued', paidKopecks: 600 })
  const refund = (amountKopecks: number) => async () =>
    payment.ask('POST', '/v1/refunds', {
      token: await story.operator(),
      body: { attemptId: made.attemptId, amountKopecks, reason: 'x' },
    })
  expect((await refund(601)()).json).toMatchObject({ status: 409, leftKopecks: 600 })
  expect((await refund(600)()).status).toBe(202)
  await payment.run('send-refunds')
  expect(await book(made.mdOrder)).toMatchObject({ depositedAmount: 0, refundedAmount: 600 })
})

test('a hold is let go, and then the invoice can be paid anew', async () => {
  const made = await held()
  await move(made.attemptId, 'release', {})
  await payment.run('move-holds')
  expect((await story.attemptOf(made.attemptId)).state).toBe('reversed')
  expect(await book(made.mdOrder)).toMatchObject({ orderStatus: 3, approvedAmount: 0 })
  const token = await payment.tokenFor(made.userId)
  const again = await payment.ask('POST', `/v1/invoices/${made.invoiceId}/attempts`, {
    token,
    body: { way: 'card' },
  })
  expect([again.status, again.json.attemptId === made.attemptId]).toEqual([202, false])
})

test.each([
  ['capture', 'deposit.do', 'timeout-after-acting', 'settled'],
  ['capture', 'deposit.do', 'garbage', 'settled'],
  ['release', 'reverse.do', 'timeout-after-acting', 'reversed'],
  ['release', 'reverse.do', 'garbage', 'reversed'],
] as const)(
  'a %s whose %s ended in %s is never told again, and the order tells what it came to',
  async (kind, operation, fault, state) => {
    const made = await held()
    await payment.bank.fault({ operation, kind: fault })
    await move(made.attemptId, kind, kind === 'capture' ? { amountKopecks: 700 } : {})
    await payment.run('move-holds')
    expect((await moves(made.attemptId))[0]?.state).toBe('unknown')
    await over()
    expect([(await story.attemptOf(made.attemptId)).state, await calls(operation, made.mdOrder)]).toEqual([
      state,
      1,
    ])
    expect((await moves(made.attemptId))[0]?.state).toBe('done')
  },
)

test('a capture that never reached the bank stays unknown, is shown, and a person gives it up', async () => {
  const made = await held()
  await payment.bank.fault({ operation: 'deposit.do', kind: 'error', status: 500 })
  const { json } = await move(made.attemptId, 'capture', { amountKopecks: 700 })
  await payment.run('move-holds')
  await over()
  await over()
  expect([await calls('deposit.do', made.mdOrder), (await moves(made.attemptId))[0]?.state]).toEqual([
    0,
    'unknown',
  ])
  expect((await move(made.attemptId, 'release', {})).status).toBe(409)
  const token = await story.operator()
  const { json: shown } = await payment.ask('GET', '/v1/attention', { token })
  expect(shown.items).toContainEqual(expect.objectContaining({ subject: 'hold-move', id: json.moveId }))
  const path = `/v1/holds/moves/${json.moveId}/decision`
  const body = { outcome: 'failed', reason: 'Банк подтвердил по телефону' }
  expect((await payment.ask('POST', path, { token, body })).status).toBe(200)
  expect((await payment.ask('POST', path, { token, body })).status).toBe(409)
  await move(made.attemptId, 'capture', { amountKopecks: 700 })
  await payment.run('move-holds')
  expect((await story.attemptOf(made.attemptId)).state).toBe('settled')
})

test('a refused capture has failed, and may be asked for anew; a release is asked for once only', async () => {
  const made = await held()
  // The bank's own limit for reversals is over.
  await payment.bank.ask('POST', 'settings', { reverseFails: true })
  await move(made.attemptId, 'release', {})
  await payment.run('move-holds')
  await payment.bank.ask('POST', 'settings', { reverseFails: false })
  expect((await moves(made.attemptId))[0]).toMatchObject({ kind: 'release', state: 'failed' })
  const again = await move(made.attemptId, 'release', {})
  expect([again.status, again.json.title]).toEqual([409, 'The bank takes a release once, and it was tried'])
  expect(await calls('reverse.do', made.mdOrder)).toBe(1)
  expect((await move(made.attemptId, 'capture', { amountKopecks: 1000 })).status).toBe(202)
  await payment.run('move-holds')
  expect((await story.attemptOf(made.attemptId)).state).toBe('settled')
})

test('while the bank is left alone a move waits as it was, and goes when the bank is called again', async () => {
  const made = await held()
  await move(made.attemptId, 'capture', { amountKopecks: 1000 })
  await payment.bank.fault({ operation: 'getOrderStatusExtended.do', kind: 'error', status: 500, times: 6 })
  for (let i = 0; i < 6; i++) await over(3000)
  expect([(await moves(made.attemptId))[0]?.state, await calls('deposit.do', made.mdOrder)]).toEqual([
    'requested',
    0,
  ])
  await payment.bank.fault()
  await over(60_000)
  expect((await story.attemptOf(made.attemptId)).state).toBe('settled')
})

test('twenty clicks of two operators move a hold once', async () => {
  const made = await held()
  const clicks = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      i % 2
        ? move(made.attemptId, 'release', {})
        : move(made.attemptId, 'capture', { amountKopecks: 500 + i }),
    ),
  )
  expect(clicks.filter(({ status }) => status === 202)).toHaveLength(1)
  await payment.run('move-holds')
  const told = (await calls('deposit.do', made.mdOrder)) + (await calls('reverse.do', made.mdOrder))
  expect(told).toBe(1)
})

test('nothing, too much, what is not held and whoever may not are refused before anything is written', async () => {
  const made = await held()
  for (const amountKopecks of [0, -1, 0.5, '1', null])
    expect((await move(made.attemptId, 'capture', { amountKopecks })).status).toBe(400)
  expect((await move(made.attemptId, 'capture', { amountKopecks: 1001 })).status).toBe(409)
  expect((await move(crypto.randomUUID(), 'release', {})).status).toBe(404)
  const paid = await story.settled()
  expect((await move(paid.attemptId, 'release', {})).status).toBe(409)
  const token = await payment.tokenFor(made.userId)
  const path = `/v1/attempts/${made.attemptId}/capture`
  const body = { amountKopecks: 1, reason: 'x' }
  expect((await payment.ask('POST', path, { token, body })).status).toBe(403)
  expect((await payment.ask('POST', path, { body })).status).toBe(401)
  expect(await moves(made.attemptId)).toEqual([])
})

test('a seller whose invoices are held says so once; an invoice may say otherwise', async () => {
  const put = (capture: 'auto' | 'manual') =>
    putLegalEntity(
      payment.resources,
      { id: 'test' },
      { legalEntityId: simulatedSellerId, entity: { ...simulatedSeller, capture } },
    )
  await put('manual')
  const [usual, other] = [await story.attempt(), await story.attempt({ capture: 'auto' })]
  await put('auto')
  expect(await book(usual.mdOrder)).toMatchObject({ twoStage: true })
  expect(await book(other.mdOrder)).toMatchObject({ twoStage: false })
})

test('no row broke on a bug of ours in all of these', () => {
  expect(payment.lines.filter((line) => line.includes('due-row-failed'))).toEqual([])
})
