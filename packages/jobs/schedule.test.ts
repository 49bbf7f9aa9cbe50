import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Pool, Sql } from '@kontora/postgres'
import { type Chance, createLog, realChance } from '@kontora/service'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { createJobs, scheduled, type TakingResources, withQueues } from './index.ts'
import { jobsMigrations } from './migrations.node.ts'
import { nextMoment } from './schedule.ts'

type Resources = { sql: Sql }

const ran: string[] = []
const note =
  (name: string) =>
  async (_: Resources, { at }: { at: Date }) => {
    ran.push(`${name} ${at.toISOString()}`)
  }
const queued = [
  scheduled('remind', '0 10 * * *', note('remind')),
  scheduled('reconcile', '15 6 * * *', note('reconcile'), { missed: 'each' }),
]
const jobs = () => withQueues<TakingResources & Pick<Chance, 'now'>>(queued)

let database: TestDatabase
let sql: Pool
let time: Date
const chance = { ...realChance(), now: () => time }
const log = createLog('test', chance.now, () => {})
const resources = () => ({ ...chance, sql, log })

beforeAll(async () => {
  database = await testDatabase({ name: 'jobs', migrations: jobsMigrations(jobs()) })
  sql = database.sql
})
afterAll(() => database.close())
beforeEach(async () => {
  time = new Date('2026-11-23T00:00:00Z')
  ran.length = 0
  await sql`delete from schedules`
  await sql`delete from jobs.job`
})

/** A process that lives for one turn of all its jobs. */
const turn = async (): Promise<void> => {
  const process = createJobs(resources(), jobs())
  await process.runAll()
  await process.stop()
}
const pass = (text: string) => {
  time = new Date(text)
}

test('a moment is of Moscow, and comes once', async () => {
  await turn()
  expect(ran).toEqual([])
  pass('2026-11-23T06:59:59Z')
  await turn()
  pass('2026-11-23T07:00:01Z')
  await turn()
  await turn()
  expect(ran).toEqual(['reconcile 2026-11-23T03:15:00.000Z', 'remind 2026-11-23T07:00:00.000Z'])
})

test('of several processes that see the moment come one queues it', async () => {
  await turn()
  pass('2026-11-23T03:15:00Z')
  await Promise.all([turn(), turn(), turn(), turn()])
  expect(ran).toEqual(['reconcile 2026-11-23T03:15:00.000Z'])
})

test('after days without any process one comes for the latest moment, or for each, as the schedule wishes', async () => {
  await turn()
  pass('2026-11-26T08:00:00Z')
  await turn()
  expect(ran.toSorted()).toEqual([
    'reconcile 2026-11-23T03:15:00.000Z',
    'reconcile 2026-11-24T03:15:00.000Z',
    'reconcile 2026-11-25T03:15:00.000Z',
    'reconcile 2026-11-26T03:15:00.000Z',
    'remind 2026-11-26T07:00:00.000Z',
  ])
})

test('another expression begins with its next moment', async () => {
  await turn()
  await sql`update schedules set cron = '0 1 * * *', next_at = '2026-11-22T22:00:00Z'`
  pass('2026-11-23T01:00:00Z')
  await turn()
  expect(ran).toEqual([])
  const rows = await sql<{ nextAt: Date }[]>`select next_at from schedules order by name`
  expect(rows.map(({ nextAt }) => nextAt.toISOString())).toEqual([
    '2026-11-23T03:15:00.000Z',
    '2026-11-23T07:00:00.000Z',
  ])
})

test('a service without schedules asks for none', () => {
  expect(withQueues([{ name: 'sweep', everyMs: 1000, run: async () => 0 }]).map(({ name }) => name)).toEqual([
    'sweep',
  ])
})

test('the last day of a month and a leap day are met', async () => {
  expect(await nextMoment('0 3 L * *', new Date('2026-11-30T01:00:00Z'))).toEqual(
    new Date('2026-12-31T00:00:00Z'),
  )
  expect(await nextMoment('0 3 29 2 *', new Date('2026-11-30T01:00:00Z'))).toEqual(
    new Date('2028-02-29T00:00:00Z'),
  )
})
