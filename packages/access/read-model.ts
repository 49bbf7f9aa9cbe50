import { partitions } from '@kontora/events'
import type { Sql } from '@kontora/postgres'
import { type Grant, type Held, heldBy, type Role } from './decision.ts'
import { isWithdrawnInTable } from './withdrawn-keys.ts'

export type Standing = { blocked: boolean; tokensNotBefore: Date | null; sessionRevoked: boolean }

/** What the guard asks. On a replica with memory `standing` is no query; on an edge worker it is one indexed read. */
export type Access = {
  standing: (userId: string, sessionId: string | undefined) => Promise<Standing>
  /** Of a key that signs tokens, by its `kid`. */
  isWithdrawn: (keyId: string) => Promise<boolean>
  held: (userId: string) => Promise<Held[]>
  /** Milliseconds since the oldest of the last beats that were applied; Infinity before all partitions were heard. */
  feedAgeMs: () => Promise<number>
}

type Model = { grants: Grant[] | null; roles: Role[] }

/** Permissions now: the read model is in the service's own database. */
export const heldInTables =
  (sql: Sql, now: () => Date) =>
  async (userId: string): Promise<Held[]> => {
    const [model] = await sql<Model[]>`
      select
        (select grants from access_grants where user_id = ${userId}) as grants,
        coalesce((
          select jsonb_agg(jsonb_build_object('roleId', role_id, 'permissions', permissions, 'includes', includes))
          from access_roles where permissions is not null), '[]') as roles`
    return model?.grants ? heldBy(model.grants, model.roles, now()) : []
  }

/**
 * Two topics feed the model: `auth` and `client`. Null before all their partitions were heard. A parked message of the feed
 * counts from its event's time.
 */
export const oldestBeat = (sql: Sql) => sql`(
  select case when count(*) >= ${2 * partitions}::integer then least(
    min(beat_at), (select min((event ->> 'time')::timestamptz) from parked where handler like 'access-%')
  ) end from access_feeds)`

/** Without memory: for edge workers and tests. */
export const accessFromTables = (sql: Sql, now: () => Date): Access => ({
  held: heldInTables(sql, now),
  isWithdrawn: isWithdrawnInTable(sql),
  standing: async (userId, sessionId) => {
    const [row] = await sql<Standing[]>`
      select coalesce(bool_or(blocked), false) as blocked, max(tokens_not_before) as tokens_not_before,
        exists (select 1 from access_revoked_sessions where session_id = ${sessionId ?? null}) as session_revoked
      from access_blocks where user_id = ${userId}`
    return row ?? { blocked: false, tokensNotBefore: null, sessionRevoked: false }
  },
  feedAgeMs: async () => {
    const [row] = await sql<{ oldest: Date | null }[]>`select ${oldestBeat(sql)} as oldest`
    return row?.oldest ? now().getTime() - row.oldest.getTime() : Number.POSITIVE_INFINITY
  },
})
