import { createNap } from '@kontora/events'
import type { Pool } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import { type Access, heldInTables, oldestBeat } from './read-model.ts'
import { createRevokedSessions } from './revoked-sessions.ts'
import { channel } from './ring.ts'

type Block = { userId: string; blocked: boolean; tokensNotBefore: Date | null }
/** There is one row at least, and what is joined to it may be missing. */
type Head = { xmin: string }
/** From which numbers of transactions on the tables are read; undefined for all. */
type Seen = { blocks: string; sessions: string } | undefined

type Options = { sql: Pool; now: () => Date; log: Log; everyMs?: number }

/** Rings at once are one look. */
const shortestMs = 10

/** Numbers that go back are those of another server, which a fail-over put there: all is read again. */
const goesOn = (seen: Seen, next: NonNullable<Seen>): boolean =>
  !seen || (BigInt(next.blocks) >= BigInt(seen.blocks) && BigInt(next.sessions) >= BigInt(seen.sessions))

/**
 * Blocked users and revoked sessions in this replica's memory: only one replica hears an event, so each reads what has changed
 * in the tables, when one of them rings and from time to time. What was seen is the reading statement's own xmin, so that no
 * slow commit is missed.
 */
export const createAccessMemory = ({ sql, now, log, everyMs = 200 }: Options) => {
  const blocks = new Map<string, Block>()
  const revoked = createRevokedSessions({ sql, now })
  const nap = createNap()
  let seen: Seen
  let oldest: Date | undefined
  let loading: Promise<void> | undefined
  let loaded = false
  let running = false

  const readBlocks = async (from: string | undefined): Promise<string> => {
    const rows = await sql<(Block & Head)[]>`
      select user_id, blocked, tokens_not_before, xmin
      from (select pg_snapshot_xmin(pg_current_snapshot())::text as xmin) head
        left join access_blocks on changed >= ${from ?? '0'}::xid8`
    if (from === undefined) blocks.clear()
    for (const row of rows) if (row.userId) blocks.set(row.userId, row)
    return rows[0]?.xmin ?? '0'
  }

  const refresh = async (): Promise<void> => {
    // First: a beat says that all before it is in the tables, and so must be what is read of them.
    const beat = await oldestBeat(sql)
    const [blocksTo, sessionsTo] = await Promise.all([readBlocks(seen?.blocks), revoked.read(seen?.sessions)])
    const next = { blocks: blocksTo, sessions: sessionsTo }
    seen = goesOn(seen, next) ? next : undefined
    revoked.forgetOld()
    oldest = beat
    loaded = true
  }

  const load = (): Promise<void> => {
    loading ??= refresh().finally(() => {
      loading = undefined
    })
    return loading
  }

  const loop = async () => {
    while (running) {
      await refresh().catch((error: unknown) => {
        // Behind a lost connection may stand another server, whose transactions have other numbers: all is read again.
        seen = undefined
        log.warn('access-not-refreshed', {}, error)
      })
      await new Promise((resolve) => setTimeout(resolve, shortestMs))
      if (running) await nap.sleep(everyMs)
    }
  }

  const access: Access = {
    held: heldInTables(sql, now),
    standing: async (userId, sessionId) => {
      if (!loaded) await load()
      const block = blocks.get(userId)
      return {
        blocked: block?.blocked ?? false,
        tokensNotBefore: block?.tokensNotBefore ?? null,
        sessionRevoked: sessionId !== undefined && revoked.has(sessionId),
      }
    },
    feedAgeMs: async () => (oldest ? now().getTime() - oldest.getTime() : Number.POSITIVE_INFINITY),
  }

  let done = Promise.resolve()
  const background = {
    name: 'access',
    start: () => {
      running = true
      // Behind a pooler nothing is heard, and each look waits its time.
      sql.listen(channel, nap.wake).catch((error: unknown) => log.warn('access-not-heard', {}, error))
      done = loop()
    },
    stop: () => {
      running = false
      nap.wake()
      return done
    },
  }
  return { access, refresh, background, isLoaded: () => loaded }
}
