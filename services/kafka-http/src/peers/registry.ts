import type { Sql } from '@kontora/postgres'
import type { Chance, Log } from '@kontora/service'
import { sameHash } from '../credentials/password.ts'

export type Peer = { id: string; url: string; token: string }

/** A gateway that has no others has no token, and believes nobody. */
export const isTokenOf = ({ token }: Peer, given: string): boolean => token !== '' && sameHash(token, given)

/** The gateways of one cluster know each other through their database. */
export type Registry = {
  self: Peer
  /** The others that live, as far as this one has heard. */
  others: () => Peer[]
  /** Asked after the first look. */
  hasOthers: () => Promise<boolean>
  find: (id: string) => Peer | undefined
  /** Also one that has signed itself in since this gateway looked last. */
  seek: (id: string) => Promise<Peer | undefined>
  /** Looks at once, without signing in: one that has just started is among the others then. */
  refresh: () => Promise<void>
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
    await readOthers()
  }
  const readOthers = async (): Promise<void> => {
    const time = now()
    const rows = await sql<(Peer & { expiresAt: Date })[]>`
      select id, url, token, expires_at from gateways where id <> ${self.id} and expires_at > ${time} order by id`
    for (const { id, expiresAt } of rows)
      if ((missing.get(id) ?? Number.POSITIVE_INFINITY) < expiresAt.getTime() - livesMs) missing.delete(id)
    known = rows.map(({ id, url, token }) => ({ id, url, token })).filter(({ id }) => !missing.has(id))
  }

  let looking: Promise<void> | undefined
  /** All who ask at once share one look. */
  const look = (): Promise<void> => {
    looking ??= signIn().finally(() => {
      looking = undefined
    })
    return looking
  }
  const first = Promise.withResolvers<void>()

  const run = async (): Promise<void> => {
    await look().catch((error: unknown) => log.warn('sign-in-failed', {}, error))
    first.resolve()
    if (running) timer = setTimeout(start, signInMs)
  }
  const start = (): void => {
    running = true
    working = run()
  }
  const registry: Registry = {
    self,
    others: () => known,
    hasOthers: async () => {
      await first.promise
      return known.length > 0
    },
    find: (id) => known.find((peer) => peer.id === id),
    seek: async (id) => {
      await first.promise
      if (!missing.has(id) && !known.some((peer) => peer.id === id)) await look().catch(() => {})
      return known.find((peer) => peer.id === id)
    },
    refresh: () => readOthers().catch(() => {}),
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
