import type { Transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { Member, OffsetReset, TopicPartition, TopicPartitionOffset } from '../../message-log.ts'
import { commitOffsets } from './commit.ts'

export type Instance = { autoCommit: boolean; offsetReset: OffsetReset }
export type Held = TopicPartition & {
  position: number | null
  answeredPosition: number | null
  heir: string | null
  firstOffset: number
  nextOffset: number
  committed: number | null
  startPosition: number | null
  closed: boolean
}
type Placed = TopicPartitionOffset & { moved: boolean }
/** `written`: its statements are on their way, in their order, while the caller sends more. */
type Settled = { positions: TopicPartitionOffset[]; handedOver: boolean; written: Promise<unknown> }

/**
 * Where the instance reads on. `arrived`: its last answer did, so the positions follow and, if it wishes so, are
 * committed; otherwise that answer is read again. Then partitions that are promised to another instance go to it.
 */
export const settle = (
  tx: Transaction,
  member: Member,
  held: Held[],
  { autoCommit, offsetReset }: Instance,
  arrived: boolean,
  time: Date,
): Settled => {
  const placed = held.map((each) => place(each, arrived, offsetReset))
  const writes: Promise<void>[] = []
  const changed = placed.filter(({ moved }, i) => moved || held[i]?.answeredPosition !== null)
  if (changed.length > 0) writes.push(writePositions(tx, member, changed))
  if (autoCommit) {
    const behind = placed.filter(
      ({ offset }, i) => held[i]?.position !== null && held[i]?.committed !== offset,
    )
    if (behind.length > 0) writes.push(commitOffsets(tx, member.group, behind, time))
  }
  const handedOver = held.some(({ heir }) => heir !== null)
  if (handedOver) writes.push(handOver(tx, member))
  const positions = placed.filter((_, i) => held[i]?.heir === null)
  return { positions, handedOver, written: Promise.all(writes) }
}

const handOver = async (tx: Transaction, { group, instance }: Member): Promise<void> => {
  await tx`
    update holdings set holder = heir, heir = null, position = null, answered_position = null
    where group_name = ${group} and holder = ${instance} and heir is not null`
}

export const lockHeld = async (tx: Transaction, member: Member): Promise<Held[]> => tx<Held[]>`
  select held.topic, held.partition, held.position, held.answered_position, held.heir, held.start_position,
    partitions.closed, partitions.first_offset, partitions.next_offset, committed_offsets.next_offset as committed
  from holdings held join partitions using (topic, partition)
    left join committed_offsets using (group_name, topic, partition)
  where held.group_name = ${member.group} and held.holder = ${member.instance}
  order by held.topic, held.partition for update of held`

const place = (held: Held, arrived: boolean, offsetReset: OffsetReset): Placed => {
  const { topic, partition, position, answeredPosition, committed, nextOffset } = held
  if (position === null) return { topic, partition, offset: startOf(held, offsetReset), moved: true }
  const known = arrived ? (answeredPosition ?? position) : position
  // Who commits more has got more: the gateway that sent it, or a Postgres that forgot the turn, was killed.
  const proven = committed !== null && committed > known && committed <= nextOffset
  return { topic, partition, offset: proven ? committed : known, moved: proven || known !== position }
}

/** A partition that is new to its holder: from the committed offset, else as the instance wished. */
const startOf = (
  { firstOffset, nextOffset, committed, startPosition }: Held,
  offsetReset: OffsetReset,
): number => {
  const known = committed ?? startPosition
  if (known !== null && known <= nextOffset) return Math.max(known, firstOffset)
  if (offsetReset === 'none')
    throw new Problem('invalid-input', 'The group has no offset, and auto.offset.reset is none')
  return offsetReset === 'earliest' ? firstOffset : nextOffset
}

const writePositions = async (tx: Transaction, member: Member, positions: TopicPartitionOffset[]) => {
  await tx`
    update holdings set position = rows."offset", start_position = coalesce(start_position, rows."offset"),
      answered_position = null
    from json_to_recordset(${JSON.stringify(positions)}::text::json)
      as rows (topic text, partition integer, "offset" bigint)
    where holdings.group_name = ${member.group} and holdings.holder = ${member.instance}
      and holdings.topic = rows.topic and holdings.partition = rows.partition`
}
