import type { Sql, Transaction } from '@kontora/postgres'
import type { Envelope } from '../catalogue/event-type.ts'

export type Place = { topic: string; partition: number; offset: number }

export type Parked = Place & {
  position: number
  handler: string
  key: string
  event: Envelope
  attempts: number
  replayedAt: Date | null
}

const waitsSeconds = [1, 5, 30, 120, 600, 1800, 3600]

/** After this many attempts a parked event is dead: an operator replays or drops it. */
export const mostAttempts = waitsSeconds.length + 1

export const nextAttempt = (attempts: number, now: Date): Date =>
  new Date(now.getTime() + (waitsSeconds[attempts - 1] ?? 3600) * 1000)

/** Poll loop and retrier take this before they ask whether the key is parked. */
export const lockKey = async (tx: Transaction, handler: string, key: string): Promise<void> => {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`${handler}\n${key}`}, 0))`
}

/** False when it is parked already. */
export const park = async (
  tx: Transaction,
  handler: string,
  event: Envelope,
  place: Place,
  why: { attempts: number; reason: string; now: Date },
): Promise<boolean> => {
  const row = {
    handler,
    eventId: event.id,
    key: event.subject,
    ...place,
    event: tx.json(event as never),
    traceparent: event.traceparent ?? null,
    attempts: why.attempts,
    reason: why.reason,
    parkedAt: why.now,
    nextAt: why.attempts === 0 ? why.now : nextAttempt(why.attempts, why.now),
  }
  const parked = await tx`
    insert into parked ${tx(row)} on conflict (handler, event_id) do nothing returning position`
  return parked.length > 0
}

type Due = { name: string; policy: 'block' | 'go-on' }

/** Whose time has come; under `block` only the first of a key, so that a long row behind one hides no other key. */
export const dueParked = async (sql: Sql, handlers: Due[], now: Date): Promise<Parked[]> => {
  if (handlers.length === 0) return []
  const passing = handlers.filter(({ policy }) => policy === 'go-on').map(({ name }) => name)
  return sql<Parked[]>`
    select position, handler, key, topic, partition, "offset", event, attempts, replayed_at from parked
    where handler in ${sql(handlers.map(({ name }) => name))} and dead_at is null and next_at <= ${now}
      and (
        handler in (select jsonb_array_elements_text(${sql.json(passing)}))
        or not exists (
          select 1 from parked earlier
          where earlier.handler = parked.handler and earlier.key = parked.key and earlier.position < parked.position
        )
      )
    order by position limit 50`
}
