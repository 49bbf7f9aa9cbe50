import type { Transaction } from '@kontora/postgres'
import type { Envelope } from '../catalogue/event-type.ts'

type Standing = 'entered' | 'known' | 'waits'

/**
 * Into the inbox in one statement, unless it stands there; `waits` when it is parked itself or, under `block`, another event
 * of its key is. Right only behind `lockKey`.
 */
export const enter = async (
  tx: Transaction,
  { name, policy }: { name: string; policy: 'block' | 'go-on' },
  event: Envelope,
  handledAt: Date,
): Promise<Standing> => {
  const [row] = await tx<{ entered: boolean; known: boolean }[]>`
    with entered as (
      insert into inbox (handler, event_id, handled_at, traceparent)
      select ${name}, ${event.id}, ${handledAt}, ${event.traceparent ?? null}
      where not exists (select 1 from parked where handler = ${name} and event_id = ${event.id})
        and (${policy !== 'block'}::boolean or not exists (
          select 1 from parked where handler = ${name} and key = ${event.subject}
        ))
      on conflict do nothing
      returning event_id
    )
    select exists (select 1 from entered) as entered,
      exists (select 1 from inbox where handler = ${name} and event_id = ${event.id}) as known`
  if (row?.entered) return 'entered'
  return row?.known ? 'known' : 'waits'
}

export const isKnown = async (tx: Transaction, handler: string, eventId: string): Promise<boolean> => {
  const [row] = await tx`select 1 from inbox where handler = ${handler} and event_id = ${eventId}`
  return row !== undefined
}

/** False when this handler had the event before. A copy that is under way elsewhere is waited for. */
export const markKnown = async (
  tx: Transaction,
  handler: string,
  event: Pick<Envelope, 'id' | 'traceparent'>,
  handledAt: Date,
): Promise<boolean> => {
  const row = { handler, eventId: event.id, handledAt, traceparent: event.traceparent ?? null }
  const first = await tx`insert into inbox ${tx(row)} on conflict do nothing returning event_id`
  return first.length > 0
}
