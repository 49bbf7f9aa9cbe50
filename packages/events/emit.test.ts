import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Pool, type Transaction, transaction } from '@kontora/postgres'
import { withTrace } from '@kontora/service'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import * as v from 'valibot'
import { event } from './catalogue/event-type.ts'
import { emit, partitionOf } from './index.ts'
import { eventsMigrations } from './migrations.node.ts'
import { onWake } from './wake.ts'

const moved = event('ledger.moved', v.object({ amountKopecks: v.number(), note: v.optional(v.string()) }))
const subject = '01890a5d-ac96-774b-bcce-b302099a8057'
const time = new Date('2026-11-23T09:00:00Z')
const of = () => ({ id: crypto.randomUUID(), subject, time })

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase({ name: 'packages-events', migrations: [eventsMigrations] })
})
afterAll(() => database.close())

/** True only when a transaction fits and the pool does not: the compiler refuses another value. */
type Refuses<Given> = Given extends Parameters<typeof emit>[0] ? false : true
const poolIsRefused: Refuses<Pool> = true
const transactionIsRefused: Refuses<Transaction> = false

test('only a transaction can emit', () => {
  expect([poolIsRefused, transactionIsRefused]).toEqual([true, false])
})

test('an event stands in the outbox with its partition and its trace, and the relay is woken after the commit', async () => {
  let woken = 0
  const stop = onWake(database.sql, () => woken++)
  const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
  await withTrace(trace, () =>
    transaction(database.sql, async (tx) => {
      await emit(tx, moved, of(), { amountKopecks: 5 })
      await transaction(tx, (inner) => emit(inner, moved, of(), { amountKopecks: 6 }))
      expect(woken).toBe(0)
    }),
  )
  stop()
  expect(woken).toBeGreaterThan(0)
  const rows = await database.sql`
    select topic, partition, type, version, subject, time, data, traceparent, sent_at from outbox order by position`
  expect(rows[0]).toEqual({
    topic: 'ledger',
    partition: partitionOf(subject),
    type: 'ledger.moved',
    version: 1,
    subject,
    time,
    data: { amountKopecks: 5 },
    traceparent: `00-${trace.traceId}-${trace.spanId}-01`,
    sentAt: null,
  })
  expect(rows).toHaveLength(2)
})

test('an undone change leaves no event and wakes nobody', async () => {
  let woken = 0
  const stop = onWake(database.sql, () => woken++)
  const undone = transaction(database.sql, async (tx) => {
    await emit(tx, moved, of(), { amountKopecks: 7 })
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  stop()
  expect(woken).toBe(0)
  expect(await database.sql`select id from outbox where data ->> 'amountKopecks' = '7'`).toHaveLength(0)
})

test('what does not fit its schema or is too large to be sent is refused with the change', async () => {
  const wrong = transaction(database.sql, (tx) => emit(tx, moved, of(), { amountKopecks: '5' } as never))
  await expect(wrong).rejects.toThrow()
  const large = transaction(database.sql, (tx) =>
    emit(tx, moved, of(), { amountKopecks: 8, note: 'x'.repeat(200_000) }),
  )
  await expect(large).rejects.toThrow('too large')
  const long = { ...of(), subject: 'x'.repeat(201) }
  const named = transaction(database.sql, (tx) => emit(tx, moved, long, { amountKopecks: 9 }))
  await expect(named).rejects.toThrow('too large')
})
