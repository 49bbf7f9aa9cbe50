import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import { deadLetter } from '../catalogue/dead-letter.ts'
import type { Envelope } from '../catalogue/event-type.ts'
import { emit } from '../emit.ts'
import type { Outcome } from './handle-event.ts'
import type { ConsumerResources } from './handler.ts'
import { isKnown, markKnown } from './inbox.ts'
import { lockKey, type Place, park } from './parked.ts'

type Burying = Pick<ConsumerResources, 'now' | 'newId' | 'log'> & { service: string }
type Dead = Place & { handler: string; key: string; eventId: string; reason: string }

/** Dead under its key until an operator comes; a dead letter tells of it by reference. */
export const bury = async (
  tx: Transaction,
  { service, now, newId, log }: Burying,
  dead: Dead,
): Promise<void> => {
  const { key, handler, topic, partition, offset, eventId, reason } = dead
  log?.error('event-given-up', { handler, eventId, reason })
  await tx`
    update parked set dead_at = ${now()}, reason = ${reason} where handler = ${handler} and event_id = ${eventId}`
  const occurrence = { id: newId(), subject: key, time: now() }
  await emit(tx, deadLetter(service), occurrence, { handler, topic, partition, offset, eventId, reason })
}

/**
 * What a later version of this service may read: it is kept, dead at once, and replayed when that one runs. What must never be
 * a dead letter counts as handled.
 */
export const buryUnread = (
  resources: Burying & { sql: Sql },
  handler: { name: string; deadLetter: boolean },
  event: Envelope,
  place: Place,
): Promise<Outcome> =>
  transaction(resources.sql, async (tx) => {
    const { name } = handler
    const reason = 'unknown version'
    await lockKey(tx, name, event.subject)
    if (await isKnown(tx, name, event.id)) return 'known'
    if (!handler.deadLetter) {
      resources.log?.error('event-given-up', { handler: name, eventId: event.id, reason })
      await markKnown(tx, name, event, resources.now())
      return 'known'
    }
    const isFirst = await park(tx, name, event, place, { attempts: 1, reason, now: resources.now() })
    const dead = { ...place, handler: name, key: event.subject, eventId: event.id, reason }
    if (isFirst) await bury(tx, resources, dead)
    return 'parked'
  })
