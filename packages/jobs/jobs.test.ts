import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Pool, transaction } from '@kontora/postgres'
import { createLog, realChance } from '@kontora/service'
import { testDatabase } from '@kontora/testing'
import { createJobs, wakeJob } from './index.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let sql: Pool
const chance = realChance()
const lines: string[] = []
const log = createLog('test', chance.now, (line) => lines.push(line))

beforeAll(async () => {
  database = await testDatabase({ name: 'jobs', migrations: [] })
  sql = database.sql
})
afterAll(() => database.close())

test('a commit wakes its job at once, and an undone transaction does not', async () => {
  let runs = 0
  const jobs = createJobs({ ...chance, sql, log }, [
    { name: 'count', everyMs: 60_000, run: async () => [runs++].length - 1 },
  ])
  jobs.start()
  await Bun.sleep(20)
  expect(runs).toBe(1)
  await transaction(sql, async (tx) => {
    wakeJob(tx, 'count')
    throw new Error('undone')
  }).catch(() => {})
  await Bun.sleep(20)
  expect(runs).toBe(1)
  await transaction(sql, async (tx) => transaction(tx, async (inner) => wakeJob(inner, 'count')))
  await Bun.sleep(20)
  expect(runs).toBe(2)
  await jobs.stop()
})

test('a job that took something is asked again, one that fails is logged and comes back on its beat', async () => {
  let left = 3
  let fails = 1
  const jobs = createJobs({ ...chance, sql, log }, [
    { name: 'drain', everyMs: 60_000, run: async () => (left > 0 ? left-- : 0) },
    {
      name: 'flaky',
      everyMs: 10,
      run: async () => {
        if (fails-- > 0) throw new Error('away')
        return 0
      },
    },
  ])
  jobs.start()
  await Bun.sleep(60)
  await jobs.stop()
  expect(left).toBe(0)
  expect(fails).toBeLessThan(0)
  expect(lines.filter((line) => line.includes('job-failed'))).toHaveLength(1)
})
