import { createTestAccess } from '@kontora/access/testing'
import { createHealth, createLog, realChance } from '@kontora/service'
import { testDatabase } from '@kontora/testing'
import { nameFirstAdministrator } from './access/name-first-administrator.ts'
import { operator } from './actor.ts'
import { app } from './app.ts'
import { migrations } from './migrations.node.ts'
import type { Resources } from './resources.ts'

type Ask = { token?: string; body?: unknown; key?: string | null }

/** The service over a database of its own, its clock in the test’s hand. */
export const openTestClient = async () => {
  const database = await testDatabase({ name: 'client', migrations })
  const { sql } = database
  let time = new Date('2026-11-23T09:00:00Z')
  const now = () => time
  const test = await createTestAccess({ sql, now, service: 'client' })
  const lines: string[] = []
  const resources: Resources = {
    ...realChance(),
    now,
    sql,
    log: createLog('client', now, (line) => lines.push(line)),
    health: createHealth(),
    access: test.access,
    verifyToken: test.verifyToken,
  }

  const ask = (method: string, path: string, { token, body, key }: Ask = {}) =>
    app.request(
      path,
      {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(key !== null && { 'idempotency-key': key ?? crypto.randomUUID() }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
      resources,
    )

  const firstAdministrator = async () => {
    const { userId } = await nameFirstAdministrator(resources, operator, { email: 'first@kontora.test' })
    return { userId, token: await test.tokenFor(userId) }
  }

  return {
    ...database,
    ...test,
    resources,
    lines,
    ask,
    firstAdministrator,
    advance: async (ms: number) => {
      time = new Date(time.getTime() + ms)
      await test.beat()
    },
    eventsOf: (subject: string) =>
      sql<{ type: string; data: Record<string, unknown> }[]>`
        select type, data from outbox where subject = ${subject} order by position`,
  }
}
