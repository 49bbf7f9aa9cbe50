import type { Transaction } from '@kontora/postgres'
import type { Envelope } from '../catalogue/event-type.ts'

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
