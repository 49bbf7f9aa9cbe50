import { isConnectionLost, type Transaction, transaction } from '@kontora/postgres'
import { newTrace, parseTraceparent, reasonOf, withTrace } from '@kontora/service'
import { type Envelope, isVersionOf } from '../catalogue/event-type.ts'
import type { ConsumerResources, Handler } from './handler.ts'
import { enter, isKnown, markKnown } from './inbox.ts'
import { lockKey, type Place, park } from './parked.ts'

export type Outcome = 'handled' | 'known' | 'parked'

class UnknownVersion extends Error {
  override name = 'UnknownVersion'
}

const run = async <Resources extends ConsumerResources>(
  tx: Transaction,
  resources: Resources,
  handler: Handler<Resources>,
  event: Envelope,
): Promise<Outcome> => {
  if (!isVersionOf(event, handler.event)) throw new UnknownVersion()
  await handler.handle({ ...resources, sql: tx }, { service: event.source }, event.data as never, event)
  return 'handled'
}

/** Inbox row and verb in the transaction that is open. */
export const handleWithin = async <Resources extends ConsumerResources>(
  tx: Transaction,
  resources: Resources,
  handler: Handler<Resources>,
  event: Envelope,
): Promise<Outcome> => {
  if (!(await markKnown(tx, handler.name, event, resources.now()))) return 'known'
  return run(tx, resources, handler, event)
}

const ownTrace = () => newTrace((length) => crypto.getRandomValues(new Uint8Array(length)))

export const inTraceOf = <Result>(event: Envelope, work: () => Promise<Result>): Promise<Result> =>
  withTrace(parseTraceparent(event.traceparent) ?? ownTrace(), work)

/** What an operator asked for again is a trace of its own, which names the old one. */
export const inTraceOfReplay = <Result>(
  { log }: Pick<ConsumerResources, 'log'>,
  { handler, event }: { handler: string; event: Envelope },
  work: () => Promise<Result>,
): Promise<Result> =>
  withTrace(ownTrace(), () => {
    const linkedTraceId = parseTraceparent(event.traceparent)?.traceId
    log?.warn('event-replayed', { handler, eventId: event.id, linkedTraceId })
    return work()
  })

const tryOnce = <Resources extends ConsumerResources>(
  resources: Resources,
  handler: Handler<Resources>,
  event: Envelope,
  place: Place,
): Promise<Outcome> =>
  transaction(resources.sql, async (tx) => {
    const now = resources.now()
    // Sent together: the second statement sees what was committed before the lock was had.
    const [, standing] = await Promise.all([
      lockKey(tx, handler.name, event.subject),
      enter(tx, handler, event, now),
    ])
    if (standing === 'known') return 'known'
    if (standing === 'entered') return run(tx, resources, handler, event)
    await park(tx, handler.name, event, place, { attempts: 0, reason: 'behind another', now })
    return 'parked'
  })

const parkFailed = (
  { sql, now }: ConsumerResources,
  name: string,
  event: Envelope,
  place: Place,
  error: unknown,
) =>
  transaction(sql, async (tx): Promise<Outcome> => {
    await lockKey(tx, name, event.subject)
    if (await isKnown(tx, name, event.id)) return 'known'
    await park(tx, name, event, place, { attempts: 1, reason: reasonOf(error), now: now() })
    return 'parked'
  })

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
    try {
      return await tryOnce(resources, handler, event, place)
    } catch (error) {
      if (isConnectionLost(error)) throw error
      resources.log?.warn('event-failed', { handler: handler.name, eventId: event.id }, error)
      return parkFailed(resources, handler.name, event, place, error)
    }
  })
