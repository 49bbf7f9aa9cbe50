import { afterAll, beforeAll, expect, test } from 'bun:test'
import { eventsMigrations } from '@kontora/events/migrations'
import type { Pool } from '@kontora/postgres'
import { createLog, realChance } from '@kontora/service'
import { testDatabase } from '@kontora/testing'
import { applyRole } from './apply-events.ts'
import { accessMigrations } from './migrations.node.ts'
import { accessFromTables } from './read-model.ts'
import { applySnapshot, createSnapshotTaker } from './snapshot.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let sql: Pool
const { now } = realChance()
const log = createLog('test', now, () => {})
const [roleId, clerk, blocked] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
const snapshot = {
  roles: [{ roleId, version: 3, permissions: ['document:review'], includes: [] }],
  grants: [{ userId: clerk, version: 2, grants: [{ roleId, scope: null, expiresAt: null }] }],
  blocks: [{ userId: blocked, version: 5, blocked: true, tokensNotBefore: null }],
}

beforeAll(async () => {
  database = await testDatabase({ name: 'snapshot', migrations: [eventsMigrations, accessMigrations] })
  sql = database.sql
})
afterAll(() => database.close())

test('a model that knows nobody takes the snapshot, though client is away at first, and asks no more', async () => {
  let asked = 0
  const read = async () => {
    asked++
    if (asked === 1) throw new Error('away')
    return snapshot
  }
  const taker = createSnapshotTaker({ sql, log, read })
  taker.start()
  const access = accessFromTables(sql, now)
  while ((await access.held(clerk)).length === 0) await Bun.sleep(20)
  await taker.stop()
  expect(await access.held(clerk)).toEqual([{ permission: 'document:review', scope: null }])
  expect((await access.standing(blocked, undefined)).blocked).toBe(true)
  expect(asked).toBe(2)
  createSnapshotTaker({ sql, log, read }).start()
  await Bun.sleep(50)
  expect(asked).toBe(2)
})

test('an older event changes nothing of what the snapshot told, a later one does', async () => {
  const access = accessFromTables(sql, now)
  await applyRole(sql, { roleId, version: 2, permissions: ['*:*'], includes: [] })
  expect(await access.held(clerk)).toEqual([{ permission: 'document:review', scope: null }])
  await applyRole(sql, { roleId, version: 4, permissions: [], includes: [] })
  expect(await access.held(clerk)).toEqual([])
})

test('an answer that is no snapshot leaves nothing half done', async () => {
  const half = { ...snapshot, roles: [{ ...snapshot.roles[0], version: 9 }], blocks: [{ userId: 1 }] }
  expect(applySnapshot(sql, half)).rejects.toThrow()
  expect((await sql`select version from access_roles where version = 9`).length).toBe(0)
})
