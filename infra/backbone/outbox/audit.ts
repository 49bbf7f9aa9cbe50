import type { Stand } from './stand.ts'

export type Audit = { written: number; lost: number; inverted: number; doubled: number; resent: number }

const inLog = async ({ gateway }: Stand): Promise<{ events: number; resent: number; inverted: number }> => {
  const [row] = await gateway.sql<{ events: number; resent: number; inverted: number }[]>`
    with told as (
      select value::json -> 'data' ->> 'account' as account, (value::json -> 'data' ->> 'version')::int as version,
        partition, message_offset
      from messages where topic = 'ledger'
    ), firsts as (
      select account, version, partition, min(message_offset) as message_offset
      from told group by account, version, partition
    ), followed as (
      select version, lag(version, 1, 0) over (partition by account order by message_offset) as before from firsts
    )
    select (select count(*) from firsts) as events, (select count(*) from told) - (select count(*) from firsts) as resent,
      (select count(*) from followed where version < before) as inverted`
  return row ?? { events: 0, resent: 0, inverted: 0 }
}

const inEffect = async ({
  reader,
}: Stand): Promise<{ events: number; doubled: number; inverted: number }> => {
  const [row] = await reader.sql<{ events: number; doubled: number; inverted: number }[]>`
    with followed as (
      select account, version, lag(version, 1, 0) over (partition by account order by position) as before from effects
    )
    select count(distinct (account, version)) as events, count(*) - count(distinct (account, version)) as doubled,
      count(*) filter (where version < before) as inverted
    from followed`
  return row ?? { events: 0, doubled: 0, inverted: 0 }
}

/** What was committed, held against the log itself and against the effects at the consumer. */
export const audit = async (stand: Stand): Promise<Audit> => {
  const [row] = await stand.ledger.sql<{ written: number }[]>`
    select coalesce(sum(version), 0)::bigint as written from accounts`
  const written = row?.written ?? 0
  const [log, effects] = await Promise.all([inLog(stand), inEffect(stand)])
  return {
    written,
    lost: Math.max(written - log.events, written - effects.events),
    inverted: log.inverted + effects.inverted,
    doubled: effects.doubled,
    resent: log.resent,
  }
}
