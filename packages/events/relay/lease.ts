import type { Sql } from '@kontora/postgres'

const leaseMs = 30_000

export type Lease = { topic: string; partition: number; epoch: number }

/**
 * The right to send a partition's events: a row, not a session's advisory lock, for poolers before an edge worker lose those.
 * A process that starts under a holder's name takes it over under a new epoch, and so fences whoever had it. Only then: two
 * that live under one name would take it from each other for ever.
 */
export const takeLeases = async (
  sql: Sql,
  places: { topic: string; partition: number }[],
  { holder, starting }: { holder: string; starting: boolean },
  now: Date,
): Promise<Lease[]> => {
  const expiresAt = new Date(now.getTime() + leaseMs)
  const rows = places.map((place) => ({ ...place, holder, epoch: 1, expiresAt }))
  return sql<Lease[]>`
    insert into relay_leases ${sql(rows)}
    on conflict (topic, partition) do update
      set holder = excluded.holder, epoch = relay_leases.epoch + 1, expires_at = excluded.expires_at
      where relay_leases.expires_at <= ${now} or (${starting}::boolean and relay_leases.holder = excluded.holder)
    returning topic, partition, epoch`
}

/** Answers with what is still ours; an epoch that is not ours any more is gone. */
export const renewLeases = async (sql: Sql, leases: Lease[], holder: string, now: Date): Promise<Lease[]> => {
  if (leases.length === 0) return []
  const renewed = await sql<Lease[]>`
    update relay_leases set expires_at = ${new Date(now.getTime() + leaseMs)}
    from jsonb_to_recordset(${sql.json(leases)}) as mine (topic text, partition integer, epoch bigint)
    where holder = ${holder} and relay_leases.topic = mine.topic and relay_leases.partition = mine.partition
      and relay_leases.epoch = mine.epoch
    returning relay_leases.topic, relay_leases.partition, relay_leases.epoch`
  return renewed
}

/** Going down: the next holder need not wait. What another has by now is not ours to give. */
export const giveLeasesBack = async (sql: Sql, leases: Lease[], now: Date): Promise<void> => {
  if (leases.length === 0) return
  await sql`
    update relay_leases set expires_at = ${now}
    from jsonb_to_recordset(${sql.json(leases)}) as mine (topic text, partition integer, epoch bigint)
    where relay_leases.topic = mine.topic and relay_leases.partition = mine.partition
      and relay_leases.epoch = mine.epoch`
}
