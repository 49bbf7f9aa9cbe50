import { type Pool, transaction } from '@kontora/postgres'
import { deadLetter } from '../catalogue/dead-letter.ts'
import { emit } from '../emit.ts'
import type { Outcome } from './handle-event.ts'
import { markKnown } from './inbox.ts'
import type { Place } from './parked.ts'

/** What nobody here can read is never dropped in silence: a dead letter names its place, one however often it comes. */
export const refuse = async (
  { sql, now, newId }: { sql: Pool; now: () => Date; newId: () => string },
  service: string,
  place: Place,
  { eventId = null, handler = 'none', reason }: { eventId?: string | null; handler?: string; reason: string },
): Promise<Outcome[]> => {
  const id = eventId ?? (await idOf(place))
  await transaction(sql, async (tx) => {
    if (!(await markKnown(tx, `${handler}: ${reason}`, { id }, now()))) return
    await emit(
      tx,
      deadLetter(service),
      { id: newId(), subject: `${place.topic}/${place.partition}`, time: now() },
      { handler, ...place, eventId, reason },
    )
  })
  return []
}

/** What cannot be read has no id of its own: a UUID (version 8) of where it stands. */
const idOf = async ({ topic, partition, offset }: Place): Promise<string> => {
  const text = new TextEncoder().encode(`${topic}/${partition}/${offset}`)
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', text)).subarray(0, 16)
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
