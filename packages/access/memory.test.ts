import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { eventsMigrations } from '@kontora/events/migrations'
import { connect, transaction } from '@kontora/postgres'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { applyBlock, applyRevokedSession } from './apply-events.ts'
import { applyBeats, createAccessMemory, keepWithdrawnKey } from './index.ts'
import { accessMigrations } from './migrations.node.ts'

let database: TestDatabase
let time = new Date('2026-11-23T09:00:00Z')
const warnings: string[] = []
const log = { info: () => {}, warn: (event: string) => void warnings.push(event), error: () => {} }
const open = (sql = database.sql) => createAccessMemory({ sql, now: () => time, log })

beforeAll(async () => {
  database = await testDatabase({ name: 'packages-access', migrations: [eventsMigrations, accessMigrations] })
})
afterAll(() => database.close())
beforeEach(async () => {
  const { sql } = database
  for (const table of ['access_blocks', 'access_revoked_sessions', 'access_feeds'])
    await sql`delete from ${sql(table)}`
})

const block = (sql: typeof database.sql, userId: string, blocked = true) => sql`
  insert into access_blocks (user_id, version, blocked, changed) values (${userId}, 1, ${blocked}, pg_current_xact_id())
  on conflict (user_id) do update set blocked = excluded.blocked, changed = excluded.changed`
const revoke = (sessionId: string) => database.sql`
  insert into access_revoked_sessions (session_id, revoked_at, changed) values (${sessionId}, ${time}, pg_current_xact_id())`

test('what another replica has heard is in memory after the next look, and what is undone too', async () => {
  const memory = open()
  const [user, session] = [crypto.randomUUID(), crypto.randomUUID()]
  expect(memory.isLoaded()).toBe(false)
  await memory.refresh()
  expect(memory.isLoaded()).toBe(true)
  expect(await memory.access.standing(user, session)).toEqual({
    blocked: false,
    tokensNotBefore: null,
    sessionRevoked: false,
  })
  await block(database.sql, user)
  await revoke(session)
  await memory.refresh()
  expect(await memory.access.standing(user, session)).toMatchObject({ blocked: true, sessionRevoked: true })
  await block(database.sql, user, false)
  await memory.refresh()
  expect(await memory.access.standing(user, undefined)).toMatchObject({
    blocked: false,
    sessionRevoked: false,
  })
})

test('a commit that was slow is not missed, though later ones were read before it', async () => {
  const memory = open()
  const [slow, quick] = [crypto.randomUUID(), crypto.randomUUID()]
  const isBlocked = async (user: string) => (await memory.access.standing(user, undefined)).blocked
  await transaction(database.sql, async (tx) => {
    await block(tx as never, slow)
    await block(database.sql, quick)
    await memory.refresh()
    expect([await isBlocked(slow), await isBlocked(quick)]).toEqual([false, true])
    for (let i = 0; i < 3; i++) {
      await block(database.sql, crypto.randomUUID())
      await memory.refresh()
    }
  })
  await memory.refresh()
  expect([await isBlocked(slow), await isBlocked(quick)]).toEqual([true, true])
})

test('nobody is let in before the table was read: the first question reads it', async () => {
  const user = crypto.randomUUID()
  await block(database.sql, user)
  expect((await open().access.standing(user, undefined)).blocked).toBe(true)
  const away = connect('postgres://a:b@127.0.0.1:1/none', { max: 1 })
  const memory = open(away)
  await expect(memory.access.standing(user, undefined)).rejects.toThrow()
  expect(memory.isLoaded()).toBe(false)
  await away.end({ timeout: 1 })
})

test('a revoked session is forgotten after 6 minutes, in memory and at a start', async () => {
  const memory = open()
  const session = crypto.randomUUID()
  await revoke(session)
  await memory.refresh()
  time = new Date(time.getTime() + 6 * 60_000 + 1)
  await memory.refresh()
  expect((await memory.access.standing(crypto.randomUUID(), session)).sessionRevoked).toBe(false)
  const fresh = open()
  expect((await fresh.access.standing(crypto.randomUUID(), session)).sessionRevoked).toBe(false)
})

test('a withdrawn key is in memory after the next look, and at a start before anybody is let in', async () => {
  const memory = open()
  await memory.refresh()
  expect(await memory.access.isWithdrawn('stolen')).toBe(false)
  await keepWithdrawnKey(database.sql, { keyId: 'stolen', withdrawnAt: time })
  await keepWithdrawnKey(database.sql, { keyId: 'stolen', withdrawnAt: time })
  await memory.refresh()
  expect(await memory.access.isWithdrawn('stolen')).toBe(true)
  expect(await open().access.isWithdrawn('stolen')).toBe(true)
  expect(await open().access.isWithdrawn('other')).toBe(false)
})

test('the feed is endlessly old until every partition was heard, then as old as the oldest of them', async () => {
  const memory = open()
  const beats = ['auth', 'client'].flatMap((topic) =>
    Array.from({ length: 6 }, (_, partition) => ({ topic, partition, time })),
  )
  await applyBeats(database.sql)(beats.slice(1))
  await memory.refresh()
  expect(await memory.access.feedAgeMs()).toBe(Number.POSITIVE_INFINITY)
  await applyBeats(database.sql)([{ topic: 'auth', partition: 0, time: new Date(time.getTime() - 3000) }])
  await memory.refresh()
  expect(await memory.access.feedAgeMs()).toBe(3000)
  await applyBeats(database.sql)([{ topic: 'auth', partition: 0, time: new Date(time.getTime() - 9000) }])
  await memory.refresh()
  expect(await memory.access.feedAgeMs()).toBe(3000)
})

test('the loop goes on over an outage and reads everything again behind it', async () => {
  let away = false
  // Parts of a statement are written by the same call as statements.
  const isLook = (text: unknown) => String(text).includes('pg_current_snapshot')
  const asked = (...given: Parameters<typeof database.sql>) =>
    away && isLook(given[0]) ? Promise.reject(new Error('away')) : database.sql(...given)
  const faulty = Object.assign(asked, { listen: database.sql.listen }) as unknown as typeof database.sql
  const memory = open(faulty)
  const user = crypto.randomUUID()
  await block(database.sql, user)
  memory.background.start()
  const isBlocked = async () => (await memory.access.standing(user, undefined)).blocked
  const until = async (wanted: boolean) => {
    while ((await isBlocked()) !== wanted) await Bun.sleep(20)
  }
  await until(true)
  away = true
  // As a server would hold it that was put in the place of the other: by a number that was seen long ago.
  await database.sql`update access_blocks set blocked = false, changed = '3'::xid8 where user_id = ${user}`
  while (!warnings.includes('access-not-refreshed')) await Bun.sleep(20)
  expect(await isBlocked()).toBe(true)
  away = false
  await until(false)
  await memory.background.stop()
}, 5000)

/** Looks by itself so seldom that what comes quickly was told. */
const openSlow = () => {
  const memory = createAccessMemory({ sql: database.sql, now: () => time, log, everyMs: 3_600_000 })
  memory.background.start()
  return memory
}
const isHeard = async (sql: typeof database.sql): Promise<boolean> => {
  const [row] = await sql<{ heard: boolean }[]>`
    select exists (
      select 1 from pg_stat_activity where datname = current_database() and query ilike 'listen%' and state = 'idle'
    ) as heard`
  return row?.heard ?? false
}
const revokeByEvent = (sessionId: string) =>
  transaction(database.sql, (tx) => applyRevokedSession({ sql: tx, now: () => time }, sessionId))

test('who hears an event tells the other replicas to look: nobody waits for the next look', async () => {
  const memory = openSlow()
  const [user, session] = [crypto.randomUUID(), crypto.randomUUID()]
  const standing = () => memory.access.standing(user, session)
  await standing()
  while (!(await isHeard(database.sql))) await Bun.sleep(10)
  await revokeByEvent(session)
  while (!(await standing()).sessionRevoked) await Bun.sleep(5)
  await transaction(database.sql, (tx) =>
    applyBlock(tx, { userId: user, version: 1, blocked: true, tokensNotBefore: null }),
  )
  while (!(await standing()).blocked) await Bun.sleep(5)
  await memory.background.stop()
}, 10_000)

test('a replica whose line was cut hears again', async () => {
  const memory = openSlow()
  await memory.access.standing(crypto.randomUUID(), undefined)
  while (!(await isHeard(database.sql))) await Bun.sleep(10)
  await database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()`
  for (;;) {
    const session = crypto.randomUUID()
    await revokeByEvent(session)
    await Bun.sleep(100)
    if ((await memory.access.standing(crypto.randomUUID(), session)).sessionRevoked) break
  }
  await memory.background.stop()
}, 10_000)

test('tables of any size are read in pages, and what was revoked meanwhile is not missed', async () => {
  const { sql } = database
  await sql`
    insert into access_revoked_sessions (session_id, revoked_at, changed)
    select gen_random_uuid(), ${time}, pg_current_xact_id() from generate_series(1, 25000)`
  const last = 'ffffffff-ffff-ffff-ffff-fffffffffffe'
  await revoke(last)
  const memory = open()
  const reading = memory.refresh()
  const meanwhile = Array.from({ length: 20 }, () => crypto.randomUUID())
  await Promise.all([reading, ...meanwhile.map(revoke)])
  await memory.refresh()
  const known = await sql<{ sessionId: string }[]>`select session_id from access_revoked_sessions`
  expect(known).toHaveLength(25_021)
  for (const { sessionId } of known)
    expect((await memory.access.standing(crypto.randomUUID(), sessionId)).sessionRevoked).toBe(true)
})
