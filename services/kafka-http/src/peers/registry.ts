import type { Sql } from '@kontora/postgres'
import type { Chance, Log } from '@kontora/service'

export type Peer = { id: string; url: string; token: string }

/** The gateways of one cluster know each other through their database. */
export type Registry = {
  self: Peer
  /** The others that live, as far as this one has heard. */
  others: () => Peer[]
  find: (id: string) => Peer | undefined
  /** It does not answer: it counts as gone until it signs itself in again. */
  lost: (id: string) => void
}

const signInMs = 1000
const livesMs = 5000

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

type Options = Chance & { sql: Sql; log: Pick<Log, 'warn'>; url: string }

/** A loop beside HTTP. While the database is away, what was known stays known. */
export const createRegistry = ({ sql, log, url, now, newId, random }: Options) => {
  const self: Peer = { id: newId(), url: url.replace(/\/$/, ''), token: hex(random(24)) }
  const missing = new Map<string, number>()
  let known: Peer[] = []
  let running = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let working: Promise<void> = Promise.resolve()

  const signIn = async (): Promise<void> => {
    const time = now()
    const expiresAt = new Date(time.getTime() + livesMs)
    await sql`
      insert into gateways ${sql({ ...self, expiresAt })}
      on conflict (id) do update set expires_at = excluded.expires_at`
    await sql`delete from gateways where expires_at < ${new Date(time.getTime() - livesMs)}`
    const rows = await sql<(Peer & { expiresAt: Date })[]>`
      select id, url, token, expires_at from gateways where id <> ${self.id} and expires_at > ${time} order by id`
    for (const { id, expiresAt } of rows)
      if ((missing.get(id) ?? Number.POSITIVE_INFINITY) < expiresAt.getTime() - livesMs) missing.delete(id)
    known = rows.map(({ id, url, token }) => ({ id, url, token })).filter(({ id }) => !missing.has(id))
  }

  const run = async (): Promise<void> => {
    await signIn().catch((error: unknown) => log.warn('sign-in-failed', {}, error))
    if (running) timer = setTimeout(start, signInMs)
  }
  const start = (): void => {
    running = true
    working = run()
  }
  const registry: Registry = {
    self,
    others: () => known,
    find: (id) => known.find((peer) => peer.id === id),
    lost: (id) => {
      missing.set(id, now().getTime())
      known = known.filter((peer) => peer.id !== id)
    },
  }
  const stop = async (): Promise<void> => {
    running = false
    clearTimeout(timer)
    await working
    await sql`delete from gateways where id = ${self.id}`.catch(() => {})
  }
  return { ...registry, name: 'registry', start, stop, signIn }
}
