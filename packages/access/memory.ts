import type { Pool } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import { type Access, heldInTables, oldestBeat } from './read-model.ts'

type Block = { userId: string; blocked: boolean; tokensNotBefore: Date | null }
type Revoked = { sessionId: string; revokedAt: Date }

/** No access token of a revoked session lives longer than this. */
export const revokedMs = 6 * 60_000
const everyMs = 200

/**
 * Blocked users and revoked sessions in this replica's memory: only one replica hears an event, so each reads what has changed
 * in the tables. `seen` is the reading statement's own xmin, so that no slow commit is missed.
 */
export const createAccessMemory = ({ sql, now, log }: { sql: Pool; now: () => Date; log: Log }) => {
  const blocks = new Map<string, Block>()
  const revoked = new Map<string, Date>()
  let seen = { blocks: '0', sessions: '0' }
  let oldest: Date | undefined
  let loaded = false
  let running = false

  const readBlocks = async () => {
    const rows = await sql<(Block & { xmin: string })[]>`
      select user_id, blocked, tokens_not_before, pg_snapshot_xmin(pg_current_snapshot())::text as xmin
      from access_blocks where changed >= ${seen.blocks}::xid8`
    for (const row of rows) blocks.set(row.userId, row)
    if (rows[0]) seen = { ...seen, blocks: rows[0].xmin }
  }

  const readRevoked = async () => {
    const rows = await sql<(Revoked & { xmin: string })[]>`
      select session_id, revoked_at, pg_snapshot_xmin(pg_current_snapshot())::text as xmin
      from access_revoked_sessions where changed >= ${seen.sessions}::xid8`
    for (const { sessionId, revokedAt } of rows) revoked.set(sessionId, revokedAt)
    if (rows[0]) seen = { ...seen, sessions: rows[0].xmin }
    const dead = now().getTime() - revokedMs
    for (const [sessionId, time] of revoked) if (time.getTime() < dead) revoked.delete(sessionId)
  }

  const refresh = async (): Promise<void> => {
    await Promise.all([readBlocks(), readRevoked()])
    oldest = await oldestBeat(sql)
    loaded = true
  }

  const loop = async () => {
    while (running) {
      await refresh().catch((error: unknown) => log.warn('access-not-refreshed', {}, error))
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
