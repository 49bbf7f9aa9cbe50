import type { Pool } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import { type Access, heldInTables, oldestBeat } from './read-model.ts'
import { readWithdrawnKeys } from './withdrawn-keys.ts'

type Block = { userId: string; blocked: boolean; tokensNotBefore: Date | null }
type Revoked = { sessionId: string; revokedAt: Date }
/** There is one row at least, and what is joined to it may be missing. */
type Head = { xmin: string }

/** No access token of a revoked session lives longer than this. */
export const revokedMs = 6 * 60_000
const everyMs = 200
const start = { blocks: '0', sessions: '0' }

/** Numbers that go back are those of another server, which a fail-over put there: all is read again. */
const goOnFrom = ([head]: Head[], seen: string): string =>
  head && BigInt(head.xmin) >= BigInt(seen) ? head.xmin : '0'

/**
 * Blocked users and revoked sessions in this replica's memory: only one replica hears an event, so each reads what has changed
 * in the tables. `seen` is the reading statement's own xmin, so that no slow commit is missed.
 */
export const createAccessMemory = ({ sql, now, log }: { sql: Pool; now: () => Date; log: Log }) => {
  const blocks = new Map<string, Block>()
  const revoked = new Map<string, Date>()
  let withdrawn = new Set<string>()
  let seen = start
  let oldest: Date | undefined
  let loaded = false
  let running = false

  const readBlocks = async () => {
    const rows = await sql<(Block & Head)[]>`
      select user_id, blocked, tokens_not_before, xmin
      from (select pg_snapshot_xmin(pg_current_snapshot())::text as xmin) head
        left join access_blocks on changed >= ${seen.blocks}::xid8`
    if (seen.blocks === start.blocks) blocks.clear()
    for (const row of rows) if (row.userId) blocks.set(row.userId, row)
    seen = { ...seen, blocks: goOnFrom(rows, seen.blocks) }
  }

  const readRevoked = async () => {
    const dead = now().getTime() - revokedMs
    const rows = await sql<(Revoked & Head)[]>`
      select session_id, revoked_at, xmin
      from (select pg_snapshot_xmin(pg_current_snapshot())::text as xmin) head
        left join access_revoked_sessions on changed >= ${seen.sessions}::xid8 and revoked_at >= ${new Date(dead)}`
    for (const { sessionId, revokedAt } of rows) if (sessionId) revoked.set(sessionId, revokedAt)
    seen = { ...seen, sessions: goOnFrom(rows, seen.sessions) }
    for (const [sessionId, time] of revoked) if (time.getTime() < dead) revoked.delete(sessionId)
  }

  const refresh = async (): Promise<void> => {
    await Promise.all([readBlocks(), readRevoked()])
    withdrawn = await readWithdrawnKeys(sql)
    oldest = await oldestBeat(sql)
    loaded = true
  }

  const loop = async () => {
    while (running) {
      await refresh().catch((error: unknown) => {
        // Behind a lost connection may stand another server, whose transactions have other numbers: all is read again.
        seen = start
        log.warn('access-not-refreshed', {}, error)
      })
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
  }

  const access: Access = {
    held: heldInTables(sql, now),
    standing: async (userId, sessionId) => {
      if (!loaded) await refresh()
      const block = blocks.get(userId)
      return {
        blocked: block?.blocked ?? false,
        tokensNotBefore: block?.tokensNotBefore ?? null,
        sessionRevoked: sessionId !== undefined && revoked.has(sessionId),
      }
    },
    isWithdrawn: async (keyId) => {
      if (!loaded) await refresh()
      return withdrawn.has(keyId)
    },
    feedAgeMs: async () => (oldest ? now().getTime() - oldest.getTime() : Number.POSITIVE_INFINITY),
  }

  let done = Promise.resolve()
  const background = {
    name: 'access',
    start: () => {
      running = true
      done = loop()
    },
    stop: () => {
      running = false
      return done
    },
  }
  return { access, refresh, background, isLoaded: () => loaded }
}
