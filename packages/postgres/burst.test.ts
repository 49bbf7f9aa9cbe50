import { afterAll, beforeAll, expect, test } from 'bun:test'
import { testDatabase } from '@kontora/testing'
import { transaction } from './index.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase({ name: 'test-postgres', migrations: [] })
})
afterAll(() => database.close())

test('transactions that wait behind a full pipeline begin like any other', async () => {
  const { sql } = database
  const begin = () => transaction(sql, (tx) => tx`select 1`)
  // Ten connections, each of which takes a hundred statements at once, and the next is a transaction.
  await Promise.all(Array.from({ length: 10 }, () => sql`select pg_sleep(0.05)`))
  const plain = Array.from({ length: 1000 }, (_, i) => (i < 10 ? sql`select pg_sleep(0.2)` : sql`select 1`))
  const works = [...plain.map((query) => query.execute()), ...Array.from({ length: 20 }, begin)]
  const done = await Promise.allSettled(works)
  const faults = done.flatMap((one) =>
    one.status === 'rejected' ? [(one.reason as { code?: string }).code] : [],
  )
  expect(faults).toEqual([])
}, 30_000)
