import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import type { Message, OffsetReset, TopicPartitionOffset } from '../../message-log.ts'
import { read } from '../read.ts'
import { commitAnswered } from './commit.ts'
import { settle } from './settle.ts'

export type Turn = {
  group: string
  instance: string
  callId: string
  time: Date
  signal: AbortSignal
  /** Chooses whose turn it is to be read first, so that a long backlog hides no other partition. */
  chance: number
}

export type Outcome =
  | { state: 'answered'; messages: Message[]; before: TopicPartitionOffset[]; handedOver: boolean }
  /** Another call of the instance came after this one, or the instance was taken out. */
  | { state: 'gone' }
  /** Somebody is overdue, or a topic has grown: the group must be shared anew first. */
  | { state: 'stale' }

type Instance = { callId: string; offsetReset: OffsetReset; stale: boolean }

/** Commits by itself what was answered before, hands over what is promised, reads, and moves the positions: all or nothing. */
export const takeTurn = (sql: Sql, turn: Turn): Promise<Outcome> =>
  transaction(sql, async (tx): Promise<Outcome> => {
    const [instance] = await findInstance(tx, turn)
    if (instance?.callId !== turn.callId) return { state: 'gone' }
    if (instance.stale) return { state: 'stale' }
    await commitAnswered(tx, turn, turn.time)
    const { positions, handedOver } = await settle(tx, turn, instance.offsetReset)
    const first = positions.length > 0 ? turn.chance % positions.length : 0
    const messages = await read(tx, [...positions.slice(first), ...positions.slice(0, first)])
    if (messages.length > 0) await movePositions(tx, turn, nextPositions(messages))
    // The last moment at which a caller who hung up loses nothing.
    turn.signal.throwIfAborted()
    return { state: 'answered', messages, before: positions, handedOver }
  })

/** The answer did not reach the caller: what it held is read again, unless a later call has come. */
export const takeBack = (sql: Sql, turn: Turn, before: TopicPartitionOffset[]): Promise<void> =>
  transaction(sql, async (tx) => {
    const [instance] = await findInstance(tx, turn)
    if (instance?.callId === turn.callId) await movePositions(tx, turn, before)
  })

const findInstance = (tx: Transaction, { group, instance, time }: Turn) => tx<Instance[]>`
  select call_id, offset_reset, (
    exists (select 1 from instances other where other.group_name = ${group} and other.expires_at <= ${time})
    or (select count(*) from partitions where instances.topics ? partitions.topic)
      <> (select count(*) from holdings where group_name = ${group} and instances.topics ? holdings.topic)
  ) as stale
  from instances where group_name = ${group} and name = ${instance} for update`

const nextPositions = (messages: Message[]): TopicPartitionOffset[] => {
  const last = new Map(
    messages.map(({ topic, partition, offset }) => [
      `${partition}/${topic}`,
      { topic, partition, offset: offset + 1 },
    ]),
  )
  return [...last.values()]
}

const movePositions = async (tx: Transaction, turn: Turn, positions: TopicPartitionOffset[]) => {
  await tx`
    update holdings set position = rows."offset", answered = true
    from json_to_recordset(${JSON.stringify(positions)}::text::json)
      as rows (topic text, partition integer, "offset" bigint)
    where group_name = ${turn.group} and holder = ${turn.instance}
      and holdings.topic = rows.topic and holdings.partition = rows.partition`
}
