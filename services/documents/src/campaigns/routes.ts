import { signedIn } from '@kontora/access'
import { describe, PageOf } from '@kontora/service'
import { Hono } from 'hono'
import type * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { Campaign } from './campaign.ts'

type Times = 'startsAt' | 'endsAt' | 'readAt'
type Row = Omit<v.InferOutput<typeof Campaign>, Times> & Record<Times, Date>

export const campaigns = new Hono<{ Bindings: Resources }>().get(
  '/',
  describe('Active campaigns, as they were at `readAt`', { 200: PageOf(Campaign) }),
  signedIn(),
  async (c) => {
    const rows = await c.env.sql<Row[]>`
      select id as campaign_id, code, name, status, starts_at, ends_at, required_kinds, read_at
      from campaigns where status = 'active' and ends_at > ${c.env.now()} order by starts_at, id limit 1000`
    const items = rows.map(({ startsAt, endsAt, readAt, ...row }) => ({
      ...row,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      readAt: readAt.toISOString(),
    }))
    return c.json({ items })
  },
)
