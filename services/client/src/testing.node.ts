import { accessHandlers } from '@kontora/access'
import { createTestAccess } from '@kontora/access/testing'
import { consume, type Envelope } from '@kontora/events'
import { createHealth, createLog, realChance } from '@kontora/service'
import { testDatabase } from '@kontora/testing'
import { nameFirstAdministrator } from './access/name-first-administrator.ts'
import { operator } from './actor.ts'
import { app } from './app.ts'
import { migrations } from './migrations.node.ts'
import type { Resources } from './resources.ts'

type Ask = { token?: string; body?: unknown; key?: string | null }
type Stored = Omit<Envelope, 'time'> & { version: number; time: Date }

/** The service over a database of its own, its clock in the test's hand, its read model fed by its own events. */
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

  /** What the access feed of a running service does with the service's own events. */
  const hear = async () => {
    const rows = await sql<Stored[]>`
      select id, type, version, subject, time, data from outbox order by position`
    for (const { version, time: at, ...row } of rows) {
      const event: Envelope = {
        ...row,
        specversion: '1.0',
        source: 'client',
        time: at.toISOString(),
        dataschema: `urn:kontora:${row.type}:${version}`,
      }
      for (const handler of accessHandlers().filter((one) => one.event.type === row.type))
        await consume({ ...resources, sql }, handler, event, { topic: 'client', partition: 0, offset: 0 })
    }
  }

  const firstAdministrator = async () => {
    const { userId } = await nameFirstAdministrator(resources, operator, { email: 'first@kontora.test' })
    await hear()
    return { userId, token: await test.tokenFor(userId) }
  }

  return {
    ...database,
    ...test,
    resources,
    lines,
    ask,
    hear,
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
