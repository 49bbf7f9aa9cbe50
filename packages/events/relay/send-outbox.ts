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
/** The gateway takes 1 MiB, and a value's quotes are escaped in the request. */
const mostBytes = 400_000
const answerMs = 20_000

/** The first of each partition by its index, whatever the planner believes of a table that is nearly all sent. */
const unsent = (sql: Pool, leases: Lease[]): Promise<Row[]> =>
  sql<Row[]>`
    select position, id, topic, partition, type, version, subject, time, data, traceparent
    from jsonb_to_recordset(${sql.json(leases)}) as mine (topic text, partition integer)
      cross join lateral (
        select position, id, type, version, subject, time, data, traceparent from outbox
        where outbox.topic = mine.topic and outbox.partition = mine.partition and sent_at is null
        order by position limit ${most}
      ) waiting
    order by position limit ${most}`

const messageOf = (source: string, { position: _, topic, partition, traceparent, ...row }: Row) => ({
  topic,
  partition,
  key: row.subject,
  value: JSON.stringify(toEnvelope({ ...row, source, ...(traceparent && { traceparent }) } as never)),
})

type Waiting = { row: Row; message: ReturnType<typeof messageOf> }

const encoder = new TextEncoder()

/** As many from the front as one request takes, at least one. */
const fitting = (source: string, rows: Row[]): Waiting[] => {
  const batch: Waiting[] = []
  let bytes = 0
  for (const row of rows) {
    const message = messageOf(source, row)
    bytes += encoder.encode(message.value).byteLength
    if (batch.length > 0 && bytes > mostBytes) break
    batch.push({ row, message })
  }
  return batch
}

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
  const batch = fitting(service, rows)
  const more = rows.length === most || batch.length < rows.length
  const beats = beat && !more ? beatMessages(service, beat, leases, time) : []
  const messages = [...batch.map(({ message }) => message), ...beats]
  if (messages.length === 0) return { events: 0, more: false, held: true, beat: false }
  await within(answerMs, kafka.producer().produceMany(messages))
  const sent = batch.map(({ row }) => row)
  const held = sent.length === 0 || (await mark(sql, sent, leases, now()))
  return { events: sent.length, more, held, beat: beats.length > 0 }
}
