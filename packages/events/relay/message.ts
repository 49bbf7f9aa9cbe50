import { type EventType, toEnvelope } from '../catalogue/event-type.ts'
import type { Lease } from './lease.ts'
import type { Unsent } from './unsent.ts'

export type NewMessage = { topic: string; partition: number; key: string; value: string }

/** Of text: in the request a unit takes three bytes at most, escaped or not, and the gateway takes 1 MiB. */
const mostUnits = 300_000
const unitsBesides = 100

const messageOf = (source: string, { topic, partition }: Lease, row: Unsent): NewMessage => {
  const { position: _, data, traceparent, ...event } = row
  const rest = { ...event, source, data: undefined, ...(traceparent && { traceparent }) }
  const head = JSON.stringify(toEnvelope(rest))
  return { topic, partition, key: row.subject, value: `${head.slice(0, -1)},"data":${data}}` }
}

/** As many from the front as one request takes, at least one. */
export const fitting = (source: string, lease: Lease, rows: Unsent[]): NewMessage[] => {
  const batch: NewMessage[] = []
  let units = 0
  for (const row of rows) {
    const message = messageOf(source, lease, row)
    units += message.value.length + message.key.length + unitsBesides
    if (batch.length > 0 && units > mostUnits) break
    batch.push(message)
  }
  return batch
}

export type Beat = { type: EventType; newId: () => string }

export const beatMessage = (source: string, { type, newId }: Beat, lease: Lease, time: Date): NewMessage => {
  const { topic, partition } = lease
  const subject = String(partition)
  const beat = { id: newId(), type: type.type, version: type.version, source, subject, time, data: {} }
  return { topic, partition, key: subject, value: JSON.stringify(toEnvelope(beat)) }
}
