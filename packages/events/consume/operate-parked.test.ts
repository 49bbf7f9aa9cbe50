import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Pool, transaction } from '@kontora/postgres'
import { createLog } from '@kontora/service'
import { testDatabase } from '@kontora/testing'
import { clientUserDeleted } from '../catalogue/client.ts'
import { toEnvelope } from '../catalogue/event-type.ts'
import { eventsMigrations } from '../migrations.node.ts'
import { consume } from './handle-event.ts'
import { on } from './handler.ts'
import { dropParked, listDeadLetters, listParked, replayParked, showParked } from './operate-parked.ts'
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

const die = async (userId: string, names = ['forget']) => {
  const event = { ...eventOf(userId), traceparent }
  for (const name of names)
    await transaction(sql, (tx) => park(tx, name, event, place, { attempts: 8, reason: 'TypeError', now }))
  await sql`update parked set dead_at = ${now} where event_id = ${event.id}`
  return event
}
const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
const logged: string[] = []
const log = createLog(
  'test',
  () => now,
  (line) => logged.push(line),
)
const resources = () => ({ sql, now: () => now, newId: () => crypto.randomUUID(), log })

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

test('a replay reaches the handler that is named and no other, in a trace of its own that names the old one', async () => {
  const userId = crypto.randomUUID()
  const remember = on('remember', clientUserDeleted, async (_: unknown, __, data) =>
    handled.push(`remembered ${data.userId}`),
  )
  const event = await die(userId, ['forget', 'remember'])
  expect((await listDeadLetters(sql)).map((line) => line.handler)).toEqual(['forget', 'remember'])
  logged.length = 0
  expect(await replayParked(sql, event.id, now, 'remember')).toBe(1)
  expect(await retryParked(resources(), 'test', [handler, remember])).toBe(1)
  expect(handled.filter((text) => text.includes(userId))).toEqual([`remembered ${userId}`])
  const replayed = logged.map((line) => JSON.parse(line) as Record<string, string>)
  expect(replayed).toMatchObject([{ event: 'event-replayed', linkedTraceId: 'a'.repeat(32) }])
  expect(replayed[0]?.traceId).toMatch(/^(?!a{32})[0-9a-f]{32}$/)
  expect((await listDeadLetters(sql)).map((line) => line.handler)).toEqual(['forget'])
  expect(await dropParked(sql, event.id, now, 'remember')).toBe(0)
  expect(await dropParked(sql, event.id, now, 'forget')).toBe(1)
})

test('what is shown of a dead event says where it came from and why it waits, and nothing of what it holds', async () => {
  const userId = crypto.randomUUID()
  const event = await die(userId)
  await consume(resources(), handler, eventOf(userId), { ...place, offset: 8 })
  const [page] = await showParked(sql, event.id)
  expect(page).toMatchObject({ ...place, handler: 'forget', reason: 'TypeError', attempts: 8, behind: 1 })
  expect(page).toMatchObject({ source: 'client', traceparent, type: 'client.user-deleted' })
  expect(Object.keys(page ?? {})).not.toContain('event')
  await dropParked(sql, event.id, now)
})
