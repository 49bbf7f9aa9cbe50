import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import type { Member, Message, OffsetReset, TopicPartitionOffset } from '../../message-log.ts'
import { LogClosed } from '../../moving/log-place.ts'
import { read } from '../read.ts'
import { lockHeld, settle } from './settle.ts'

export type Turn = Member & {
  callId: string
  time: Date
  signal: AbortSignal
  most: number
  /** Chooses whose turn it is to be read first, so that a long backlog hides no other partition. */
  chance: number
  /** Of an answer that this process sent: whether it knows of no failure. Of another's it knows nothing. */
  hasArrived: (callId: string) => boolean
  /** No more waiting for the other gateway that sent the last answer: it counts as lost. */
  impatient: boolean
}

export type Outcome =
  | { state: 'answered'; messages: Message[]; handedOver: boolean }
  /** Another call of the instance came after this one, or the instance was taken out. */
  | { state: 'gone' }
  /** Somebody is overdue, or a topic has grown: the group must be shared anew first. */
  | { state: 'stale' }
  /** Another gateway sent the last answer and has yet to say that it arrived. */
  | { state: 'unproven' }

type Instance = {
  callId: string
  autoCommit: boolean
  offsetReset: OffsetReset
  answeredCall: string | null
  answerArrived: boolean
  stale: boolean
}

/**
 * Settles what was answered before, reads, and notes what is answered now: all or nothing. The positions follow at the
 * next call, which proves that this answer arrived; a gateway or a caller that dies before loses nothing.
 */
export const takeTurn = (sql: Sql, turn: Turn): Promise<Outcome> =>
  transaction(sql, async (tx): Promise<Outcome> => {
    // Statements that do not need each other's answers go together: their number is what a turn costs.
    const [instance, held] = await Promise.all([findInstance(tx, turn), lockHeld(tx, turn), forgoDisk(tx)])
    if (instance?.callId !== turn.callId) return { state: 'gone' }
    if (instance.stale) return { state: 'stale' }
    if (held.some(({ closed }) => closed)) throw new LogClosed()
    const { answeredCall } = instance
    const arrived = instance.answerArrived || (answeredCall !== null && turn.hasArrived(answeredCall))
    if (answeredCall !== null && !arrived && !turn.impatient) return { state: 'unproven' }

    const { positions, handedOver, written } = settle(tx, turn, held, instance, arrived, turn.time)
    const first = positions.length > 0 ? turn.chance % positions.length : 0
    const from = [...positions.slice(first), ...positions.slice(0, first)]
    const [messages] = await Promise.all([read(tx, from, turn.most), written])
    if (messages.length > 0 || answeredCall !== null)
      await Promise.all([
        noteAnswered(tx, turn, messages),
        tx`
          update instances set answered_call = ${messages.length > 0 ? turn.callId : null}, answer_arrived = false,
            expires_at = ${turn.time}::timestamptz + session_timeout_ms * interval '1 ms'
          where group_name = ${turn.group} and name = ${turn.instance}`,
      ])
    turn.signal.throwIfAborted()
    return { state: 'answered', messages, handedOver }
  })

/** A turn that a falling Postgres forgets is a position that lies further back: what was not committed is read again. */
const forgoDisk = async (tx: Transaction): Promise<void> => {
  await tx`select set_config('synchronous_commit', 'off', true)`
}

const findInstance = async (tx: Transaction, { group, instance, time }: Turn) => {
  const [row] = await tx<Instance[]>`
    select call_id, auto_commit, offset_reset, answered_call, answer_arrived, (
      exists (select 1 from instances other where other.group_name = ${group} and other.expires_at <= ${time})
      or (select count(*) from partitions where instances.topics ? partitions.topic)
        <> (select count(*) from holdings where group_name = ${group} and instances.topics ? holdings.topic)
    ) as stale
    from instances where group_name = ${group} and name = ${instance} for update`
  return row
}

const noteAnswered = async (tx: Transaction, turn: Turn, messages: Message[]): Promise<void> => {
  if (messages.length === 0) return
  const last = new Map<string, TopicPartitionOffset>()
  for (const { topic, partition, offset } of messages)
    last.set(`${partition}/${topic}`, { topic, partition, offset: offset + 1 })
  await tx`
    update holdings set answered_position = rows."offset"
    from json_to_recordset(${JSON.stringify([...last.values()])}::text::json)
      as rows (topic text, partition integer, "offset" bigint)
    where group_name = ${turn.group} and holder = ${turn.instance}
      and holdings.topic = rows.topic and holdings.partition = rows.partition`
}

/** For other gateways, and for this one after a restart. */
export const noteArrival = async (
  sql: Sql,
  { group, instance }: Member,
  callId: string,
  arrived: boolean,
): Promise<void> => {
  await sql`
    update instances set answer_arrived = ${arrived}
    where group_name = ${group} and name = ${instance} and answered_call = ${callId}`
}
