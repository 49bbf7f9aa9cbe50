import { type HandlerName, handlers } from './poisoned.ts'
import type { Stand } from './stand.ts'

export type Found = {
  handler: HandlerName
  effects: number
  doubled: number
  inverted: number
  /** Dead ones among them. */
  parked: number
  dead: number
}

/** What each handler has done, and what of it waits. */
export const lookAt = ({ reader }: Stand): Promise<Found[]> =>
  reader.sql<Found[]>`
    with named as (select jsonb_array_elements_text(${reader.sql.json(handlers)}) as handler),
      followed as (
        select handler, account, version,
          lag(version, 1, 0) over (partition by handler, account order by position) as before
        from effects
      ), done as (
        select handler, count(*) as effects, count(*) - count(distinct (account, version)) as doubled,
          count(*) filter (where version < before) as inverted
        from followed group by handler
      ), waiting as (
        select handler, count(*) as parked, count(dead_at) as dead from parked group by handler
      )
    select handler, coalesce(effects, 0) as effects, coalesce(doubled, 0) as doubled, coalesce(inverted, 0) as inverted,
      coalesce(parked, 0) as parked, coalesce(dead, 0) as dead
    from named left join done using (handler) left join waiting using (handler)`

type Poison = { account: string; version: number }

export const poisonOf = async ({ ledger }: Stand, { account, version }: Poison): Promise<string> => {
  const [row] = await ledger.sql<{ id: string }[]>`
    select id from outbox where subject = ${account} and (data ->> 'version')::int = ${version}`
  return row?.id ?? ''
}

type Letter = {
  handler: string
  topic: string
  partition: number
  offset: number
  eventId: string
  reason: string
}

/** Each of the two that gave up has sent one dead letter, which names the poison's own place in the log. */
export const lettersOf = async (stand: Stand, poison: Poison): Promise<string[]> => {
  const eventId = await poisonOf(stand, poison)
  const { sql } = stand.gateway
  const [place] = await sql<{ partition: number; offset: number }[]>`
    select partition, message_offset as "offset" from messages
    where topic = 'ledger' and value::json ->> 'id' = ${eventId}`
  const rows = await sql<{ data: Letter }[]>`
    select value::json -> 'data' as data from messages where topic = 'reader.dlq' `
  const found = rows.map(({ data }) => JSON.stringify(data, Object.keys(data).sort())).sort()
  const wanted = ['blocks', 'goes-on'].map((handler) => {
    const letter: Letter = {
      eventId,
      handler,
      offset: place?.offset ?? -1,
      partition: place?.partition ?? -1,
      reason: 'Error',
      topic: 'ledger',
    }
    return JSON.stringify(letter)
  })
  return JSON.stringify(found) === JSON.stringify(wanted)
    ? []
    : [`dead letters: ${found.length}, or of another place`]
}
