import { createAccessMemory } from '../../../packages/access/memory.ts'
import { connect } from '../../../packages/postgres/index.ts'
import type { Measured } from './measure.ts'

const [kind = 'ours', emptyUrl = '', fullUrl = ''] = process.argv.slice(2)
const lookups = 1_000_000
const known = 1000
const now = () => new Date()
const log = { info: () => {}, warn: () => {}, error: (event: string) => console.error(event) }

type Holder = { load: () => Promise<unknown>; isRevoked: (sessionId: string) => unknown }
type Sql = ReturnType<typeof connect>

const ours = (sql: Sql): Holder => {
  const memory = createAccessMemory({ sql, now, log })
  return { load: memory.refresh, isRevoked: (id) => memory.access.standing(id, id) }
}

/** As it is done without a thought. */
const plainMap = (sql: Sql): Holder => {
  const map = new Map<string, Date>()
  const load = async () => {
    const rows = await sql<{ sessionId: string; revokedAt: Date }[]>`
      select session_id, revoked_at from access_revoked_sessions`
    for (const { sessionId, revokedAt } of rows) map.set(sessionId, revokedAt)
  }
  return { load, isRevoked: (id) => map.has(id) }
}

const residentMb = async (): Promise<number> => {
  for (let i = 0; i < 3; i++) {
    Bun.gc(true)
    await Bun.sleep(300)
  }
  return process.memoryUsage.rss() / 1024 ** 2
}

/** Of this process's own time: what the machine does besides is none of it. */
const nanosEach = async (isRevoked: Holder['isRevoked'], ids: string[]): Promise<number> => {
  const begun = process.cpuUsage()
  for (let i = 0; i < lookups; i++) await isRevoked(ids[i % ids.length] ?? '')
  const { user, system } = process.cpuUsage(begun)
  return ((user + system) * 1000) / lookups
}

const hold = kind === 'ours' ? ours : plainMap
const [empty, full] = [connect(emptyUrl, { max: 2 }), connect(fullUrl, { max: 2 })]
await hold(empty).load()
await full`select 1`
const before = await residentMb()
const holder = hold(full)
await holder.load()
const megabytes = (await residentMb()) - before
const rows = await full<{ sessionId: string }[]>`
  select session_id from access_revoked_sessions limit ${known}`
const ids = rows.flatMap(({ sessionId }) => [sessionId, crypto.randomUUID()])
await nanosEach(holder.isRevoked, ids)
const measured: Measured = { megabytes, nanos: await nanosEach(holder.isRevoked, ids) }
console.log(JSON.stringify(measured))
process.exit(0)
