import type { Pool, Sql } from '@kontora/postgres'
import type { Lease } from './lease.ts'
import type { Place } from './places.ts'

export type Unsent = {
  position: number
  id: string
  type: string
  version: number
  subject: string
  time: Date
  /** JSON as Postgres writes it: it goes into the message as it is. */
  data: string
  traceparent: string | null
}

/** Read at once at most: a request holds no more. */
export const mostUnsent = 500

const arrayOf = (positions: number[]): string => `{${positions.join(',')}}`

/** In the order of the commits of each aggregate; nothing at all when the lease is another's by now. */
export const readUnsent = async (
  sql: Sql,
  { topic, partition, epoch }: Lease,
): Promise<Unsent[] | undefined> => {
  const rows = await sql<(Unsent | { position: null })[]>`
    select position, id, type, version, subject, time, data, traceparent
    from relay_leases held left join lateral (
      select position, id, type, version, subject, time, data::text as data, traceparent from outbox
      where topic = ${topic} and partition = ${partition} and sent_at is null
      order by position limit ${mostUnsent}
    ) waiting on true
    where held.topic = ${topic} and held.partition = ${partition} and held.epoch = ${epoch}
    order by position`
  return rows.length === 0 ? undefined : rows.filter((row) => row.position !== null)
}

/**
 * What comes behind a request that is on its way and not marked yet. A change that committed late stands before its last: then
 * more is unsent there than is on its way, and the answer is undefined, for a mere `position >` would overtake it.
 */
export const readBehind = async (
  sql: Sql,
  { topic, partition, epoch }: Lease,
  { last, count }: { last: number; count: number },
): Promise<Unsent[] | undefined> => {
  const rows = await sql<(Unsent | { position: null })[]>`
    select position, id, type, version, subject, time, data, traceparent
    from relay_leases held left join lateral (
      select position, id, type, version, subject, time, data::text as data, traceparent from outbox
      where topic = ${topic} and partition = ${partition} and sent_at is null and position > ${last}
      order by position limit ${mostUnsent}
    ) waiting on true
    where held.topic = ${topic} and held.partition = ${partition} and held.epoch = ${epoch} and ${count} = (
      select count(*) from outbox
      where topic = ${topic} and partition = ${partition} and sent_at is null and position <= ${last}
    )
    order by position`
  return rows.length === 0 ? undefined : rows.filter((row) => row.position !== null)
}

/**
 * False when the lease is another's by now: then that one sends them again, which is harmless. So is a mark that a falling
 * Postgres forgets: nobody waits for the disk.
 */
export const markSent = async (
  sql: Sql,
  lease: Lease,
  positions: number[],
  sentAt: Date,
): Promise<boolean> => {
  const marked = await sql`
    with quick as materialized (
      select set_config('synchronous_commit', 'off', true)
    ), held as (
      select epoch from relay_leases cross join quick
      where topic = ${lease.topic} and partition = ${lease.partition} and epoch = ${lease.epoch}
      for share of relay_leases
    ), marked as (
      update outbox set sent_at = ${sentAt}
      where position = any (${arrayOf(positions)}::text::bigint[]) and exists (select 1 from held)
    )
    select epoch from held`
  return marked.length > 0
}

/** Of these, the partitions in which something waits. */
export const findUnsent = (sql: Pool, leases: Lease[]): Promise<Place[]> =>
  sql<Place[]>`
    select topic, partition
    from jsonb_to_recordset(${sql.json(leases)}) as mine (topic text, partition integer)
    where exists (
      select 1 from outbox
      where outbox.topic = mine.topic and outbox.partition = mine.partition and sent_at is null
    )`
