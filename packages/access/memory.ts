import { createNap } from '@kontora/events'
import type { Pool } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import { type Access, heldInTables, oldestBeat } from './read-model.ts'
import { createRevokedSessions, type Packed } from './revoked-sessions.ts'
import { channel } from './ring.ts'

type Block = { userId: string; blocked: boolean; notBeforeMs: number | null }
/** One statement sees one moment, so a beat is never believed before what it stands for. */
type Look = Packed & { xmin: string; blocks: Block[] | null; withdrawn: string[] | null; oldest: Date | null }

type Options = { sql: Pool; now: () => Date; log: Log; everyMs?: number }

/** Rings at once are one look. */
const shortestMs = 10

const all = '0'
const none = '18446744073709551615'

/**
 * Blocked users and revoked sessions in this replica's memory: only one replica hears an event, so each reads what has changed
 * in the tables, when one of them rings and from time to time. What was seen is the reading statement's own xmin, so that no
 * slow commit is missed.
 */
export const createAccessMemory = ({ sql, now, log, everyMs = 200 }: Options) => {
  const blocks = new Map<string, Block>()
  const revoked = createRevokedSessions({ sql, now })
  const nap = createNap()
  let withdrawn = new Set<string>()
  let seen: string | undefined
  let oldest: Date | null = null
  let loading: Promise<void> | undefined
  let loaded = false
  let running = false

  const look = async (): Promise<Look | undefined> => {
    const [found] = await sql<Look[]>`
      select pg_snapshot_xmin(pg_current_snapshot())::text as xmin,
        (select jsonb_agg(jsonb_build_object(
          'userId', user_id, 'blocked', blocked, 'notBeforeMs', extract(epoch from tokens_not_before) * 1000
        )) from access_blocks where changed >= ${seen ?? all}::xid8) as blocks,
        ${revoked.changedSince(seen ?? none)} as packed,
        (select jsonb_agg(key_id) from access_withdrawn_keys) as withdrawn,
        ${oldestBeat(sql)} as oldest`
    return found
  }

  const refresh = async (): Promise<void> => {
    const found = await look()
    if (!found) return
    if (seen === undefined) {
      await revoked.readAll()
      blocks.clear()
    }
    for (const block of found.blocks ?? []) blocks.set(block.userId, block)
    if (found.packed) revoked.add(found.packed)
    withdrawn = new Set(found.withdrawn)
    revoked.forgetOld()
    oldest = found.oldest
    // Numbers that go back are those of another server, which a fail-over put there: all is read again.
    seen = BigInt(found.xmin) >= BigInt(seen ?? all) ? found.xmin : undefined
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
      await load().catch((error: unknown) => {
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
        tokensNotBefore: typeof block?.notBeforeMs === 'number' ? new Date(block.notBeforeMs) : null,
        sessionRevoked: sessionId !== undefined && revoked.has(sessionId),
      }
    },
    isWithdrawn: async (keyId) => {
      if (!loaded) await load()
      return withdrawn.has(keyId)
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
