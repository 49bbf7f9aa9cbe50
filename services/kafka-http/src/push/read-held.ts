import type { Sql } from '@kontora/postgres'
import type { Lease } from './lease.ts'
import type { Subscription } from './subscription.ts'

export type Held = Subscription & { sealed: string[] }

/** Undefined when it is not ours any more, paused or removed. Read anew for each post, so that a change is in force at once. */
export const readHeld = async (
  sql: Sql,
  { subscription, epoch }: Lease,
  holder: string,
  now: Date,
): Promise<Held | undefined> => {
  const [held] = await sql<Held[]>`
    select name, group_name, topics, target, offset_reset, most, failures, next_at, coalesce((
      select json_agg(sealed order by added_at desc, id) from push_secrets where push_secrets.subscription = name
    ), '[]') as sealed
    from push_subscriptions join push_leases on subscription = name
    where name = ${subscription} and holder = ${holder} and epoch = ${epoch} and expires_at > ${now}
      and state <> 'paused'`
  return held
}
