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

const decide = async (path: string, body: object, token?: string) =>
  payment.ask('POST', `/v1/${path}/decision`, {
    token: token ?? (await story.operator()),
    body: { reason: 'Сверено с выпиской', ...body },
  })
const waiting = async () =>
  (await payment.ask('GET', '/v1/attention', { token: await story.operator() })).json.items
const decisions = (id: string) =>
  payment.sql`select subject, outcome, amount_kopecks, state_before, reason_before, reason, decided_by
    from payment_decisions where subject_id = ${id}`
const balance = async (account: string) => {
  const [row] = await payment.sql<{ sum: number }[]>`
    select coalesce(sum(amount_kopecks), 0)::bigint as sum from ledger_entries where account = ${account}`
  return row?.sum
}

/** The bank's order is of another sum than we know. */
const quarantined = async () => {
  const made = await story.attempt({ priceKopecks: 1000 })
  await payment.ownerSql`update attempts set amount_kopecks = 999 where id = ${made.attemptId}`
  await story.pay(made.mdOrder)
  await payment.advance(3000)
  await payment.run('ask-bank')
  expect((await story.attemptOf(made.attemptId)).state).toBe('quarantined')
  return made
}

/** A bank that may not tell a repeat, and an answer that was lost on the way there. */
const unknownRefund = async () => {
  const made = await story.settled({ priceKopecks: 1000 })
  payment.resources.acquirers.of('rbs').refundId = 'unverified'
  await payment.bank.fault({ operation: 'refund.do', kind: 'error' })
  const { json } = await payment.ask('POST', '/v1/refunds', {
    token: await story.operator(),
    body: { attemptId: made.attemptId, amountKopecks: 400, reason: 'x' },
  })
  await payment.run('send-refunds')
  return { ...made, refundId: String(json.refundId) }
}
const refundState = async (id: string) =>
  (await payment.ask('GET', `/v1/refunds/${id}`, { token: await story.operator() })).json.state

test('what is in quarantine is shown, and settled by a person with the sum that came, once, and written down', async () => {
  const made = await quarantined()
  expect(await waiting()).toContainEqual(
    expect.objectContaining({ subject: 'attempt', id: made.attemptId, reason: 'amount' }),
  )
  const body = { outcome: 'settled', amountKopecks: 1000, way: 'card' }
  expect(await decide(`attempts/${made.attemptId}`, body)).toMatchObject({ status: 200 })
  expect(await story.attemptOf(made.attemptId)).toMatchObject({ state: 'settled', way: 'card' })
  expect(await balance(`receivable:${made.userId}`)).toBe(0)
  expect([...(await decisions(made.attemptId))]).toEqual([
    {
      subject: 'attempt',
      outcome: 'settled',
      amountKopecks: 1000,
      stateBefore: 'quarantined',
      reasonBefore: 'amount',
      reason: 'Сверено с выпиской',
      decidedBy: story.operatorId,
    },
  ] as never[])
  expect((await decide(`attempts/${made.attemptId}`, body)).status).toBe(409)
  expect(await waiting()).not.toContainEqual(expect.objectContaining({ id: made.attemptId }))
})

test('one that brought nothing has failed, and its payer may begin anew', async () => {
  const made = await quarantined()
  expect((await decide(`attempts/${made.attemptId}`, { outcome: 'failed' })).status).toBe(200)
  expect(await story.attemptOf(made.attemptId)).toMatchObject({ state: 'failed', reason: 'decided' })
  expect(await balance(`receivable:${made.userId}`)).toBe(1000)
  const token = await payment.tokenFor(made.userId)
  const again = await payment.ask('POST', `/v1/invoices/${made.invoiceId}/attempts`, {
    token,
    body: { way: 'card' },
  })
  expect(again.status).toBe(202)
})

test.each([
  ['settled', 400],
  ['failed', 0],
] as const)(
  'an unknown refund is decided as %s: %i kopecks stay reserved',
  async (outcome, reservedKopecks) => {
    const { refundId, attemptId } = await unknownRefund()
    expect(await refundState(refundId)).toBe('unknown')
    expect(await waiting()).toContainEqual(expect.objectContaining({ subject: 'refund', id: refundId }))
    expect(await decide(`refunds/${refundId}`, { outcome })).toMatchObject({ status: 200, json: { outcome } })
    expect([await refundState(refundId), (await story.attemptOf(attemptId)).refundedKopecks]).toEqual([
      outcome,
      reservedKopecks,
    ])
    expect(await decisions(refundId)).toHaveLength(1)
    expect((await decide(`refunds/${refundId}`, { outcome })).status).toBe(409)
    expect(await payment.sql`select id from ledger_transactions where source_id = ${refundId}`).toHaveLength(
      2,
    )
  },
)

test("an answer of the bank's that comes after the word of a person changes nothing", async () => {
  const { refundId, attemptId } = await unknownRefund()
  await decide(`refunds/${refundId}`, { outcome: 'failed' })
  await payment.advance(60_000)
  await payment.run('send-refunds')
  expect([await refundState(refundId), (await story.attemptOf(attemptId)).refundedKopecks]).toEqual([
    'failed',
    0,
  ])
})

test('what the bank decides is decided by no person; without a reason, a right or a fresh second proof nobody decides', async () => {
  const { attemptId, userId } = await story.settled({ priceKopecks: 1000 })
  const failed = { outcome: 'failed' }
  expect((await decide(`attempts/${attemptId}`, failed)).status).toBe(409)
  expect((await decide(`attempts/${crypto.randomUUID()}`, failed)).status).toBe(404)
  expect((await decide(`refunds/${crypto.randomUUID()}`, failed)).status).toBe(404)
  expect((await decide(`holds/moves/${crypto.randomUUID()}`, failed)).status).toBe(404)
  const { attemptId: one } = await quarantined()
  expect((await decide(`attempts/${one}`, { ...failed, reason: ' ' })).status).toBe(400)
  expect((await decide(`attempts/${one}`, { outcome: 'settled' })).status).toBe(400)
  for (const amountKopecks of [0, -1, 0.5, '1'])
    expect((await decide(`attempts/${one}`, { outcome: 'settled', way: 'card', amountKopecks })).status).toBe(
      400,
    )
  expect((await decide(`attempts/${one}`, failed, await payment.tokenFor(userId))).status).toBe(403)
  const old = { acr: 'urn:kontora:acr:one-proof' }
  const unproven = await payment.tokenFor(story.operatorId, crypto.randomUUID(), old)
  expect((await decide(`attempts/${one}`, failed, unproven)).json.type).toBe('/problems/second-proof-needed')
  expect(await decisions(one)).toHaveLength(0)
})

test('no role of the service can change or take back a decision', async () => {
  const rights = await payment.sql<{ may: boolean }[]>`
    select has_table_privilege('payment', 'payment_decisions', right_name) as may
    from unnest(array['update', 'delete', 'truncate']) as right_name`
  expect(rights.map(({ may }) => may)).toEqual([false, false, false])
  expect(payment.sql`delete from payment_decisions`).rejects.toThrow('permission denied')
})
