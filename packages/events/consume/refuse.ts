import { type Pool, transaction } from '@kontora/postgres'
import { deadLetter } from '../catalogue/dead-letter.ts'
import { emit } from '../emit.ts'
import type { Outcome } from './handle-event.ts'
import type { Place } from './parked.ts'

/** What nobody here can read is never dropped in silence: a dead letter names its place. */
export const refuse = async (
  { sql, now, newId }: { sql: Pool; now: () => Date; newId: () => string },
  service: string,
  place: Place,
  { eventId = null, handler = 'none', reason }: { eventId?: string | null; handler?: string; reason: string },
): Promise<Outcome[]> => {
  await transaction(sql, (tx) =>
    emit(
      tx,
      deadLetter(service),
      { id: newId(), subject: `${place.topic}/${place.partition}`, time: now() },
      { handler, ...place, eventId, reason },
    ),
  )
  return []
}
