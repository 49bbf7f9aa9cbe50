import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Pool, transaction } from '@kontora/postgres'
import { testDatabase } from '@kontora/testing'
import { clientUserDeleted } from '../catalogue/client.ts'
import { toEnvelope } from '../catalogue/event-type.ts'
import { eventsMigrations } from '../migrations.node.ts'
import { consume } from './handle-event.ts'
import { on } from './handler.ts'
import { dropParked, listParked, replayParked } from './operate-parked.ts'
import { park } from './parked.ts'
import { retryParked } from './retry-parked.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let sql: Pool
const now = new Date('2026-11-23T10:00:00Z')
const handled: string[] = []
const handler = on('forget', clientUserDeleted, async (_: unknown, __, { userId }) => handled.push(userId))
const place = { topic: 'client', partition: 0, offset: 7 }

const eventOf = (userId: string) =>
  toEnvelope({
    ...clientUserDeleted,
    id: crypto.randomUUID(),
    source: 'client',
    subject: userId,
    time: now,
    data: { userId, version: 1 },
  })

const die = async (userId: string) => {
  const event = eventOf(userId)
  await transaction(sql, (tx) => park(tx, 'forget', event, place, { attempts: 8, reason: 'TypeError', now }))
  await sql`update parked set dead_at = ${now} where event_id = ${event.id}`
  return event
}
const resources = () => ({ sql, now: () => now, newId: () => crypto.randomUUID() })

beforeAll(async () => {
  database = await testDatabase({ name: 'operate_parked', migrations: [eventsMigrations] })
  sql = database.sql
})
afterAll(() => database.close())

test('a dead event is seen by its names, and after a replay handled once', async () => {
  const userId = crypto.randomUUID()
  const event = await die(userId)
  const [line] = await listParked(sql)
  expect(line).toMatchObject({
    eventId: event.id,
    handler: 'forget',
    type: 'client.user-deleted',
    deadAt: now,
  })
  expect(await retryParked(resources(), 'test', [handler])).toBe(0)
  expect(await replayParked(sql, event.id, now)).toBe(1)
  expect(await retryParked(resources(), 'test', [handler])).toBe(1)
  expect(handled).toEqual([userId])
  expect(await listParked(sql)).toEqual([])
})

test('a dropped event is known, so its copy is not handled, and its key goes on', async () => {
  const userId = crypto.randomUUID()
  const event = await die(userId)
  const later = eventOf(userId)
  expect(await consume(resources(), handler, later, { ...place, offset: 8 })).toBe('parked')
  expect(await dropParked(sql, event.id, now)).toBe(1)
  expect(await consume(resources(), handler, event, place)).toBe('known')
  expect(await retryParked(resources(), 'test', [handler])).toBe(1)
  expect(handled.filter((id) => id === userId)).toHaveLength(1)
})
