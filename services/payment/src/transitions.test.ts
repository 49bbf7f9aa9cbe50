import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestPayment, type TestPayment } from './testing.node.ts'
import { storyOf } from './testing-story.node.ts'
import { type Aggregate, type Step, stateAfter, statesOf, steps, transitions } from './transitions.ts'

let payment: TestPayment
beforeAll(async () => {
  payment = await openTestPayment()
})
afterAll(() => payment.close())

const byName = (list: readonly Step[]) =>
  list.map(({ aggregate, fromState, toState }) => `${aggregate}: ${fromState} → ${toState}`).sort()

test('the database holds the same steps as the code', async () => {
  const held = await payment.sql<Step[]>`select aggregate, from_state, to_state from transitions`
  expect(byName(held)).toEqual(byName(steps()))
})

test('a state that the database knows is one that the code knows, and each is reached by some step', () => {
  for (const aggregate of Object.keys(transitions) as Aggregate[]) {
    const reached = steps().filter((step) => step.aggregate === aggregate)
    expect([...new Set(reached.map(({ toState }) => toState))].sort()).toEqual(statesOf(aggregate).sort())
  }
})

test('what is not listed leaves a state as it is', () => {
  expect(stateAfter('attempts', 'expired', 'pay')).toBe('settled')
  expect(stateAfter('attempts', 'settled', 'decline')).toBe('settled')
  expect(stateAfter('invoices', 'cancelled', 'pay')).toBe('cancelled')
})

const refusal = async (change: Promise<unknown>): Promise<unknown> =>
  change.then(
    () => undefined,
    (error: { code?: string; constraint_name?: string }) => [error.code, error.constraint_name],
  )

test('a bug of a verb makes no illegal step: the database refuses it by name, a birth in the middle too', async () => {
  const { attemptId, invoiceId } = await storyOf(payment).settled()
  const { sql } = payment
  expect(await refusal(sql`update attempts set state = 'failed' where id = ${attemptId}`)).toEqual([
    '23514',
    'attempts_transition',
  ])
  expect(
    await refusal(sql`update invoices set state = 'expired', paid_at = null where id = ${invoiceId}`),
  ).toEqual(['23514', 'invoices_transition'])
  expect(
    await refusal(sql`
      insert into refunds (id, attempt_id, invoice_id, user_id, amount_kopecks, reason, state, refund_number, requested_by,
        requested_at, attempted_at, refunded_before_kopecks, ended_at)
      select invoice_id, id, invoice_id, user_id, 1, '', 'settled', order_number, '', started_at, started_at, 0, started_at
      from attempts where id = ${attemptId}`),
  ).toEqual(['23514', 'refunds_transition'])
})

test('who runs may not widen what he may do', async () => {
  const [rights] = await payment.sql<{ any: boolean }[]>`
    select has_table_privilege('transitions', 'insert, update, delete, truncate') as any`
  expect(rights?.any).toBe(false)
})
