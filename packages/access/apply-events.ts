import {
  authKeyWithdrawn,
  authSessionRevoked,
  type ConsumerResources,
  clientGrantsChanged,
  clientRoleChanged,
  clientUserBlocked,
  clientUserUnblocked,
  type Emitter,
  type HeardBeat,
  on,
} from '@kontora/events'
import type { Sql } from '@kontora/postgres'
import type * as v from 'valibot'
import { revokedMs } from './revoked-sessions.ts'
import { ringAfterCommit } from './ring.ts'
import { keepWithdrawnKey } from './withdrawn-keys.ts'

type Of<Event extends { schema: v.GenericSchema }> = v.InferOutput<Event['schema']>

const json = (sql: Sql, value: unknown) => sql.json(value as never)

export const applyRole = async (sql: Sql, role: Of<typeof clientRoleChanged>): Promise<void> => {
  const row = {
    ...role,
    permissions: role.permissions && json(sql, role.permissions),
    includes: json(sql, role.includes),
  }
  await sql`
    insert into access_roles ${sql(row, 'roleId', 'version', 'permissions', 'includes')}
    on conflict (role_id) do update
      set version = excluded.version, permissions = excluded.permissions, includes = excluded.includes
      where access_roles.version < excluded.version`
}

export const applyGrants = async (
  sql: Sql,
  { userId, version, grants }: Of<typeof clientGrantsChanged>,
): Promise<void> => {
  await sql`
    insert into access_grants ${sql({ userId, version, grants: json(sql, grants) })}
    on conflict (user_id) do update set version = excluded.version, grants = excluded.grants
      where access_grants.version < excluded.version`
}

export const applyBlock = async (
  sql: Sql,
  {
    userId,
    version,
    blocked,
    tokensNotBefore,
  }: { userId: string; version: number; blocked: boolean; tokensNotBefore: Date | null },
) => {
  await sql`
    insert into access_blocks (user_id, version, blocked, tokens_not_before, changed)
    values (${userId}, ${version}, ${blocked}, ${tokensNotBefore}, pg_current_xact_id())
    on conflict (user_id) do update
      set version = excluded.version, blocked = excluded.blocked, changed = excluded.changed,
        tokens_not_before = coalesce(excluded.tokens_not_before, access_blocks.tokens_not_before)
      where access_blocks.version < excluded.version`
  ringAfterCommit(sql)
}

const role = ({ sql }: { sql: Sql }, _: Emitter, event: Of<typeof clientRoleChanged>) => applyRole(sql, event)

const grants = ({ sql }: { sql: Sql }, _: Emitter, event: Of<typeof clientGrantsChanged>) =>
  applyGrants(sql, event)

const block = ({ sql }: { sql: Sql }, _: Emitter, { userId, version }: Of<typeof clientUserBlocked>) =>
  applyBlock(sql, { userId, version, blocked: true, tokensNotBefore: null })

const unblock = ({ sql }: { sql: Sql }, _: Emitter, event: Of<typeof clientUserUnblocked>) =>
  applyBlock(sql, { ...event, blocked: false, tokensNotBefore: new Date(event.tokensNotBefore) })

export const applyRevokedSession = async (
  { sql, now }: { sql: Sql; now: () => Date },
  sessionId: string,
): Promise<void> => {
  const time = now()
  // Sent together: nobody waits for what is forgotten.
  await Promise.all([
    sql`
      insert into access_revoked_sessions (session_id, revoked_at, changed)
      values (${sessionId}, ${time}, pg_current_xact_id()) on conflict (session_id) do nothing`,
    sql`
      delete from access_revoked_sessions where session_id in (
        select session_id from access_revoked_sessions where revoked_at < ${new Date(time.getTime() - 2 * revokedMs)}
        limit 100 for update skip locked
      )`,
  ])
  ringAfterCommit(sql)
}

const revokeSession = (
  resources: { sql: Sql; now: () => Date },
  _: Emitter,
  { sessionId }: Of<typeof authSessionRevoked>,
) => applyRevokedSession(resources, sessionId)

const withdrawKey = async (
  { sql, now }: { sql: Sql; now: () => Date },
  _: Emitter,
  { keyId }: Of<typeof authKeyWithdrawn>,
) => {
  await keepWithdrawnKey(sql, { keyId, withdrawnAt: now() })
  ringAfterCommit(sql)
}

const goOn = { policy: 'go-on' } as const

/** The handlers of every service's group `<service>-access`. */
export const accessHandlers = <Resources extends ConsumerResources>() => [
  on<Resources, typeof clientRoleChanged.schema>('access-role', clientRoleChanged, role, goOn),
  on<Resources, typeof clientGrantsChanged.schema>('access-grants', clientGrantsChanged, grants, goOn),
  on<Resources, typeof clientUserBlocked.schema>('access-block', clientUserBlocked, block, goOn),
  on<Resources, typeof clientUserUnblocked.schema>('access-unblock', clientUserUnblocked, unblock, goOn),
  on<Resources, typeof authSessionRevoked.schema>(
    'access-revoke-session',
    authSessionRevoked,
    revokeSession,
    goOn,
  ),
  on<Resources, typeof authKeyWithdrawn.schema>('access-withdraw-key', authKeyWithdrawn, withdrawKey, goOn),
]

/** A beat says: all that was committed before it has been sent. */
export const applyBeats =
  (sql: Sql) =>
  async (beats: HeardBeat[]): Promise<void> => {
    // In one order, so that two replicas that change places never wait for each other.
    const rows = beats
      .map(({ topic, partition, time }) => ({ topic, partition, beatAt: time }))
      .sort((one, other) => one.topic.localeCompare(other.topic) || one.partition - other.partition)
    await sql`
      insert into access_feeds ${sql(rows)}
      on conflict (topic, partition) do update set beat_at = greatest(access_feeds.beat_at, excluded.beat_at)`
  }
