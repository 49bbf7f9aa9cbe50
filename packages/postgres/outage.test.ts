import { afterAll, beforeAll, expect, test } from 'bun:test'
import { testDatabase } from '@kontora/testing'
import { isConnectionLost, transaction } from './index.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase({ name: 'outage', migrations: [] })
})
afterAll(() => database.close())

// Unpatched, postgres.js 3.4.9 throws past everyone here and ends the process (infra/patches).
test('a connection that is lost within a transaction fails that transaction, and nothing else', async () => {
  const { sql } = database
  const failures = await Promise.all(
    Array.from({ length: 5 }, async () => {
      try {
        await transaction(sql, async (tx) => {
          const [me] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
          await sql`select pg_terminate_backend(${me?.pid ?? 0})`
          for (let i = 0; i < 3; i++) await tx`select ${i}::integer as i`.catch(() => {})
          await tx`select 1`
        })
        return undefined
      } catch (error) {
        return error
      }
    }),
  )
  expect(failures.every((error) => isConnectionLost(error))).toBe(true)
  const [row] = await sql<{ one: number }[]>`select 1 as one`
  expect(row?.one).toBe(1)
})
