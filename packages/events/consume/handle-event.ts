import { isConnectionLost, type Transaction, transaction } from '@kontora/postgres'
import { newTrace, parseTraceparent, withTrace } from '@kontora/service'
import type { Envelope } from '../catalogue/event-type.ts'
import type { ConsumerResources, Handler } from './handler.ts'
import { isKeyParked, lockKey, type Place, park, reasonOf } from './parked.ts'

export type Outcome = 'handled' | 'known' | 'parked'

const isKnown = async (tx: Transaction, handler: string, eventId: string): Promise<boolean> => {
  const [row] = await tx`select 1 from inbox where handler = ${handler} and event_id = ${eventId}`
  return row !== undefined
}

/** Inbox row and verb in the transaction that is open. */
export const handleWithin = async <Resources extends ConsumerResources>(
  tx: Transaction,
  resources: Resources,
  handler: Handler<Resources>,
  event: Envelope,
): Promise<Outcome> => {
  const row = {
    handler: handler.name,
    eventId: event.id,
    handledAt: resources.now(),
    traceparent: event.traceparent ?? null,
  }
  const first = await tx`insert into inbox ${tx(row)} on conflict do nothing returning event_id`
  if (first.length === 0) return 'known'
  await handler.handle({ ...resources, sql: tx }, { service: event.source }, event.data as never, event)
  return 'handled'
}

const inTraceOf = <Result>(event: Envelope, work: () => Promise<Result>): Promise<Result> => {
  const trace = parseTraceparent(event.traceparent)
  return withTrace(trace ?? newTrace((length) => crypto.getRandomValues(new Uint8Array(length))), work)
}

/**
 * Handles an event once, however often it comes: its inbox row is in the transaction of the change. What fails is parked, so
 * that the offset can go on; only a database that is away is thrown back to the loop.
 */
export const consume = <Resources extends ConsumerResources>(
  resources: Resources,
  handler: Handler<Resources>,
  event: Envelope,
  place: Place,
): Promise<Outcome> =>
  inTraceOf(event, async () => {
    const { sql, now } = resources
    try {
      return await transaction(sql, async (tx): Promise<Outcome> => {
        await lockKey(tx, handler.name, event.subject)
        if (await isKnown(tx, handler.name, event.id)) return 'known'
        if (handler.policy === 'block' && (await isKeyParked(tx, handler.name, event.subject))) {
          await park(tx, handler.name, event, place, { attempts: 0, reason: 'behind another', now: now() })
          return 'parked'
        }
        return handleWithin(tx, resources, handler, event)
      })
    } catch (error) {
      if (isConnectionLost(error)) throw error
      return transaction(sql, async (tx): Promise<Outcome> => {
        await lockKey(tx, handler.name, event.subject)
        if (await isKnown(tx, handler.name, event.id)) return 'known'
        await park(tx, handler.name, event, place, { attempts: 1, reason: reasonOf(error), now: now() })
        return 'parked'
      })
    }
  })
