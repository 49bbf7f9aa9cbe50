import { may } from '@kontora/access'
import { describe } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'

const version = v.number()
const moment = v.nullable(v.string())

export const Snapshot = v.object({
  roles: v.array(v.object({ roleId: Id, version, permissions: v.array(v.string()), includes: v.array(Id) })),
  grants: v.array(
    v.object({
      userId: Id,
      version,
      grants: v.array(v.object({ roleId: Id, scope: v.nullable(v.string()), expiresAt: moment })),
    }),
  ),
  blocks: v.array(v.object({ userId: Id, version, blocked: v.boolean(), tokensNotBefore: moment })),
})

/** The versions are those of the events, so that a reader may go on with events from before it. */
export const snapshot = new Hono<{ Bindings: Resources }>().get(
  '/snapshot',
  describe('All roles, grants and blocks as they are now, with the versions of their events', {
    200: Snapshot,
  }),
  may('access:snapshot'),
  async (c) => {
    const { sql } = c.env
    const [roles, grants, blocks] = await Promise.all([
      sql`select role_id, version, permissions, includes from roles order by role_id`,
      sql`
        select user_id, grants_version as version, coalesce(jsonb_agg(jsonb_build_object(
          'roleId', role_id, 'scope', scope, 'expiresAt', expires_at) order by grant_id)
          filter (where grant_id is not null), '[]') as grants
        from users left join grants using (user_id)
        where grants_version > 0 group by user_id order by user_id`,
      sql`
        select user_id, version, state = 'blocked' as blocked, tokens_not_before from users
        where state = 'blocked' or tokens_not_before is not null order by user_id`,
    ])
    return c.json({ roles, grants, blocks })
  },
)
