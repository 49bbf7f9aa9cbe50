import type { Sql } from '@kontora/postgres'

/** Two that post the same batch do no harm, so the lease can be short. */
const leaseMs = 10_000

export type Lease = { subscription: string; epoch: number }

export const takeLeases = (sql: Sql, holder: string, now: Date): Promise<Lease[]> => {
  const expiresAt = new Date(now.getTime() + leaseMs)
  return sql<Lease[]>`
    insert into push_leases (subscription, holder, epoch, expires_at)
    select name, ${holder}::uuid, 1, ${expiresAt}::timestamptz from push_subscriptions
    where state <> 'paused'
      and not exists (select 1 from push_leases where subscription = name and expires_at > ${now})
    order by name
    on conflict (subscription) do update
      set holder = excluded.holder, epoch = push_leases.epoch + 1, expires_at = excluded.expires_at
      where push_leases.expires_at <= ${now}
    returning subscription, epoch`
}

/** Answers with what is still ours and not paused. */
export const renewLeases = async (sql: Sql, leases: Lease[], holder: string, now: Date): Promise<Lease[]> => {
  if (leases.length === 0) return []
  const expiresAt = new Date(now.getTime() + leaseMs)
  return sql<Lease[]>`
    update push_leases set expires_at = ${expiresAt}
    from jsonb_to_recordset(${sql.json(leases)}) as mine (subscription text, epoch bigint), push_subscriptions
    where holder = ${holder} and push_leases.subscription = mine.subscription and push_leases.epoch = mine.epoch
      and name = push_leases.subscription and state <> 'paused'
    returning push_leases.subscription, push_leases.epoch`
}

/** Going down: the next holder need not wait. */
export const giveLeasesBack = async (sql: Sql, holder: string, now: Date): Promise<void> => {
  await sql`update push_leases set expires_at = ${now} where holder = ${holder}`
}

/** Ends whoever serves it: at his next look he finds another epoch. */
export const endLease = async (sql: Sql, subscription: string, now: Date): Promise<void> => {
  await sql`
    update push_leases set epoch = epoch + 1, expires_at = ${now} where subscription = ${subscription}`
}

/** Another gateway serves it by now, under the same instance's name. */
export const isTakenOver = async (
  sql: Sql,
  { subscription, epoch }: Lease,
  holder: string,
  now: Date,
): Promise<boolean> => {
  const [row] = await sql`
    select epoch from push_leases where subscription = ${subscription} and expires_at > ${now}
      and not (holder = ${holder} and epoch = ${epoch})`
  return row !== undefined
}
