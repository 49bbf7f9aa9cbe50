import type { Sql } from '@kontora/postgres'
import type { Place } from './places.ts'

export const leaseMs = 30_000

export type Lease = Place & { epoch: number }

const until = (now: Date): Date => new Date(now.getTime() + leaseMs)

/**
 * The right to send a partition's events: a row, not a session's advisory lock, for poolers before an edge worker lose those.
 * A process that starts under a holder's name takes it over under a new epoch, and so fences whoever had it. Only then: two
 * that live under one name would take it from each other for ever. What another holds is not even locked.
 */
export const takeLeases = async (
  sql: Sql,
  places: Place[],
  { holder, starting }: { holder: string; starting: boolean },
  now: Date,
): Promise<Lease[]> => {
  if (places.length === 0) return []
  return sql<Lease[]>`
    insert into relay_leases (topic, partition, holder, epoch, expires_at)
    select topic, partition, ${holder}, 1, ${until(now)}
    from jsonb_to_recordset(${sql.json(places)}) as wanted (topic text, partition integer)
    where not exists (
      select 1 from relay_leases held where held.topic = wanted.topic and held.partition = wanted.partition
        and held.expires_at > ${now} and not (${starting}::boolean and held.holder = ${holder})
    )
    order by topic, partition
    on conflict (topic, partition) do update
      set holder = excluded.holder, epoch = relay_leases.epoch + 1, expires_at = excluded.expires_at
      where relay_leases.expires_at <= ${now} or (${starting}::boolean and relay_leases.holder = excluded.holder)
    returning topic, partition, epoch`
}

/** Answers with what is still ours; an epoch that is not ours any more is gone. */
export const renewLeases = async (sql: Sql, leases: Lease[], now: Date): Promise<Lease[]> => {
  if (leases.length === 0) return []
  return sql<Lease[]>`
    update relay_leases set expires_at = ${until(now)}
    from jsonb_to_recordset(${sql.json(leases)}) as mine (topic text, partition integer, epoch bigint)
    where relay_leases.topic = mine.topic and relay_leases.partition = mine.partition
      and relay_leases.epoch = mine.epoch
    returning relay_leases.topic, relay_leases.partition, relay_leases.epoch`
}

/** The next holder need not wait. What another has by now is not ours to give. */
export const giveLeasesBack = async (sql: Sql, leases: Lease[], now: Date): Promise<void> => {
  if (leases.length === 0) return
  await sql`
    update relay_leases set expires_at = ${now}
    from jsonb_to_recordset(${sql.json(leases)}) as mine (topic text, partition integer, epoch bigint)
    where relay_leases.topic = mine.topic and relay_leases.partition = mine.partition
      and relay_leases.epoch = mine.epoch`
}
