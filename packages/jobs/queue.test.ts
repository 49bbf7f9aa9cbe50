import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { type Pool, type Sql, transaction } from '@kontora/postgres'
import { migrate, pendingMigrations } from '@kontora/postgres/migrate'
import { type Chance, createLog, currentTrace, newTrace, realChance, withTrace } from '@kontora/service'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import * as v from 'valibot'
import {
  createJobs,
  dropJob,
  enqueue,
  listDeadJobs,
  listQueues,
  queue,
  repeatJob,
  type TakingResources,
  take,
  withQueues,
} from './index.ts'
import { jobsMigrations } from './migrations.node.ts'

type Resources = { sql: Sql }
type Taking = TakingResources & Pick<Chance, 'now'>

const count = queue('count', v.object({ by: v.number() }))
const fragile = queue('fragile', v.object({ id: v.string() }), { retry: { times: 1 } })
const once = queue('once', v.object({ id: v.string() }), { oncePerKey: true })
const traced: (string | undefined)[] = []
let fails = true

/** The effect of a job is a row, so that what was undone is seen to be. */
const note = ({ sql }: Resources, text: string) => sql`insert into notes (text) values (${text})`
const queued = [
  take(count, async (resources: Resources, { by }) => {
    traced.push(currentTrace()?.traceId)
    await note(resources, `count ${by}`)
  }),
  take(fragile, async (resources: Resources, { id }) => {
    await note(resources, `fragile ${id}`)
    if (fails) throw new TypeError(`a message that tells ${id}`)
  }),
  take(once, (resources: Resources, { id }) => note(resources, `once ${id}`)),
]
const jobs = withQueues<Taking>(queued)

let database: TestDatabase
let sql: Pool
const chance = realChance()
const lines: string[] = []
const log = createLog('test', chance.now, (line) => lines.push(line))

beforeAll(async () => {
  database = await testDatabase({ name: 'jobs', migrations: jobsMigrations(jobs) })
  sql = database.sql
  await database.ownerSql`create table notes (text text not null)`
})
afterAll(() => database.close())
beforeEach(async () => {
  fails = true
  lines.length = 0
  await sql`delete from notes`
  await sql`delete from jobs.job`
})

const notes = async () =>
  (await sql<{ text: string }[]>`select text from notes order by text`).map(({ text }) => text)
const run = async (name: string): Promise<void> => {
  const job = jobs.find((one) => one.name === name)
  while (((await job?.run({ ...chance, sql, log })) ?? 0) > 0);
}
/** In the place of the seconds that a job waits before it is tried again. */
const hurry = () =>
  sql`update jobs.job set start_after = start_after - interval '1 day' where state = 'retry'`
const states = async () =>
  (await sql<{ state: string }[]>`select state::text from jobs.job order by 1`).map(({ state }) => state)

test('a job is queued with the change that asks for it, or not at all', async () => {
  await transaction(sql, (tx) => enqueue(tx, count, { by: 1 }))
  await transaction(sql, async (tx) => {
    await enqueue(tx, count, { by: 2 })
    throw new Error('undone')
  }).catch(() => {})
  await run('count')
  expect(await notes()).toEqual(['count 1'])
  expect(await states()).toEqual(['completed'])
})

test('a commit wakes the queue, and many are taken at one waking', async () => {
  const running = createJobs({ ...chance, sql, log }, jobs)
  running.start()
  await Bun.sleep(100)
  await transaction(sql, async (tx) => {
    for (let by = 10; by < 60; by++) await enqueue(tx, count, { by })
  })
  await running.stop()
  expect((await states()).includes('active')).toBe(false)
  await run('count')
  expect(await notes()).toEqual(Array.from({ length: 50 }, (_, i) => `count ${10 + i}`))
})

test('two processes that take from one queue do each job once', async () => {
  await transaction(sql, async (tx) => {
    for (let by = 100; by < 160; by++) await enqueue(tx, count, { by })
  })
  await Promise.all([run('count'), run('count'), run('count')])
  expect(await notes()).toEqual(Array.from({ length: 60 }, (_, i) => `count ${100 + i}`))
})

test('what does not fit is refused before it is queued', async () => {
  const refused = transaction(sql, (tx) => enqueue(tx, count, { by: 'one' as never }))
  await expect(refused).rejects.toThrow()
  expect(await states()).toEqual([])
})

test('the trace of who queued it goes on in the job', async () => {
  const trace = newTrace(chance.random)
  await withTrace(trace, () => transaction(sql, (tx) => enqueue(tx, count, { by: 1 })))
  await run('count')
  expect(traced.at(-1)).toBe(trace.traceId)
})

test('a verb that fails is undone, tried again later, and dead at last: with a code and without what it held', async () => {
  await transaction(sql, (tx) => enqueue(tx, fragile, { id: 'secret-1' }))
  await run('fragile')
  expect(await notes()).toEqual([])
  expect(await states()).toEqual(['retry'])
  await hurry()
  await run('fragile')
  expect(await notes()).toEqual([])
  const [dead] = await listDeadJobs(sql)
  expect(dead).toMatchObject({ queue: 'fragile', tries: 2, reason: 'TypeError' })
  expect(await listQueues(sql)).toContainEqual({
    name: 'fragile',
    waiting: 0,
    failing: 0,
    dead: 1,
    nextAt: null,
  })
  expect(lines.filter((line) => line.includes('"job-dead"'))).toHaveLength(1)
  expect(lines.join('\n')).not.toContain('secret-1')
})

test('an operator repeats a dead job, once, or drops it', async () => {
  await transaction(sql, async (tx) => {
    await enqueue(tx, fragile, { id: 'one' })
    await enqueue(tx, fragile, { id: 'two' })
  })
  await run('fragile')
  await hurry()
  await run('fragile')
  fails = false
  const [one, two] = await listDeadJobs(sql)
  const repeats = [repeatJob(sql, one?.jobId ?? ''), repeatJob(sql, one?.jobId ?? '')]
  expect((await Promise.all(repeats)).sort()).toEqual([false, true])
  expect(await dropJob(sql, two?.jobId ?? '')).toBe(true)
  expect(await dropJob(sql, two?.jobId ?? '')).toBe(false)
  await run('fragile')
  expect(await notes()).toHaveLength(1)
  expect(await listDeadJobs(sql)).toEqual([])
})

test('of a queue that is once per key one job of a key waits, and the next may come after it', async () => {
  const ask = (id: string, key: string) => transaction(sql, (tx) => enqueue(tx, once, { id }, { key }))
  const ids = [await ask('a', 'x'), await ask('b', 'x'), await ask('c', 'y')]
  expect(ids.map((id) => id !== undefined)).toEqual([true, false, true])
  await run('once')
  expect(await notes()).toEqual(['once a', 'once c'])
  expect(await ask('d', 'x')).toBeDefined()
  await expect(transaction(sql, (tx) => enqueue(tx, once, { id: 'e' }))).rejects.toThrow('a key')
})

test('a job that is put off is not taken before its time', async () => {
  const later = (ms: number) => new Date(Date.now() + ms)
  await transaction(sql, async (tx) => {
    await enqueue(tx, count, { by: 1 }, { notBefore: later(60_000) })
    await enqueue(tx, count, { by: 2 }, { notBefore: later(-60_000) })
  })
  await run('count')
  expect(await notes()).toEqual(['count 2'])
})

test('migrating again changes nothing, another wish of a queue is applied, and the running role makes no tables', async () => {
  expect(await pendingMigrations(sql, jobsMigrations(jobs))).toEqual([])
  const other = queue('count', v.object({ by: v.number() }), { retry: { times: 3 } })
  const wished = withQueues<Taking>([take(other, async () => {}), ...queued.slice(1)])
  expect(await pendingMigrations(sql, jobsMigrations(wished))).toHaveLength(1)
  await migrate(database.ownerSql, jobsMigrations(wished))
  const [row] = await sql`select retry_limit from jobs.queue where name = 'count'`
  expect(row?.retryLimit).toBe(3)
  const [version] = await sql`select version from jobs.version`
  expect(version?.version).toBe(46)
  await expect(sql.unsafe('create table jobs.mine (id integer)')).rejects.toThrow('permission denied')
})

test('what is done goes in time, and what waits or is dead stays', async () => {
  const keeping = createJobs({ ...chance, sql, log }, jobs)
  await transaction(sql, async (tx) => {
    await enqueue(tx, count, { by: 1 })
    await enqueue(tx, fragile, { id: 'one' })
  })
  await run('count')
  await run('fragile')
  await sql`
    update jobs.job set created_on = created_on - interval '300 days', completed_on = completed_on - interval '300 days',
      start_after = start_after + interval '1 day'`
  // As if it were another day: one process a day looks.
  await sql`update jobs.queue set maintain_on = null`
  await keeping.runAll()
  await keeping.stop()
  expect(lines.filter((line) => line.includes('keep-queues'))).toEqual([])
  expect(await states()).toEqual(['retry'])
})
