import { type Pool, transaction } from '@kontora/postgres'
import { type Envelope, type EventType, toEnvelope } from '../catalogue/event-type.ts'
import { type Kafka, within } from '../kafka.ts'
import type { Lease } from './lease.ts'

type Row = {
  position: number
  id: string
  topic: string
  partition: number
  type: string
  version: number
  subject: string
  time: Date
  data: unknown
  traceparent: string | null
}

const most = 500
const answerMs = 20_000

const unsent = (sql: Pool, leases: Lease[]): Promise<Row[]> =>
  sql<Row[]>`
    select position, id, topic, partition, type, version, subject, time, data, traceparent
    from outbox join jsonb_to_recordset(${sql.json(leases)}) as mine (topic text, partition integer)
      using (topic, partition)
    where sent_at is null order by position limit ${most}`

const messageOf = (source: string, { position: _, topic, partition, traceparent, ...row }: Row) => ({
  topic,
  partition,
  key: row.subject,
  value: JSON.stringify(toEnvelope({ ...row, source, ...(traceparent && { traceparent }) } as never)),
})

/** Marks only under the epochs that the rows were read under; otherwise another holder sends them again, which is harmless. */
const mark = (sql: Pool, rows: Row[], leases: Lease[], sentAt: Date): Promise<boolean> =>
  transaction(sql, async (tx) => {
    const held = await tx`
      select epoch
      from relay_leases join jsonb_to_recordset(${tx.json(leases)}) as mine (topic text, partition integer, epoch bigint)
        using (topic, partition, epoch)
      for share of relay_leases`
    if (held.length < leases.length) return false
    await tx`update outbox set sent_at = ${sentAt} where position in ${tx(rows.map(({ position }) => position))}`
    return true
  })

export type Beat = { type: EventType; newId: () => string }

const beatMessages = (source: string, { type, newId }: Beat, leases: Lease[], time: Date) =>
  leases
    .filter(({ topic }) => topic === type.topic)
    .map(({ topic, partition }) => {
      const subject = String(partition)
      const envelope: Envelope = toEnvelope({
        ...type,
        id: newId(),
        source,
        subject,
        time,
        data: {},
      } as never)
      return { topic, partition, key: subject, value: JSON.stringify(envelope) }
    })

export type Sent = { events: number; more: boolean; held: boolean; beat: boolean }

/**
 * One round: what is unsent under our leases goes in one request, in the order of the commits of each aggregate, and is marked
 * when it was acknowledged. A beat follows only when nothing waits behind it. No transaction is open while the network is asked.
 */
export const sendOutbox = async (
  { sql, kafka, service, now }: { sql: Pool; kafka: Kafka; service: string; now: () => Date },
  leases: Lease[],
  beat: Beat | undefined,
): Promise<Sent> => {
  const time = now()
  const rows = await unsent(sql, leases)
  const more = rows.length === most
  const beats = beat && !more ? beatMessages(service, beat, leases, time) : []
  const messages = [...rows.map((row) => messageOf(service, row)), ...beats]
  if (messages.length === 0) return { events: 0, more: false, held: true, beat: false }
  await within(answerMs, kafka.producer().produceMany(messages))
  const held = rows.length === 0 || (await mark(sql, rows, leases, now()))
  return { events: rows.length, more, held, beat: beats.length > 0 }
}
