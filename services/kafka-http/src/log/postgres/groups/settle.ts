import type { Transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { Member, OffsetReset, TopicPartition, TopicPartitionOffset } from '../../message-log.ts'

type Held = TopicPartition & { position: number | null; heir: string | null }
type Bounds = TopicPartition & {
  firstOffset: number
  nextOffset: number
  committed: number | null
  startPosition: number | null
}

/**
 * The positions to read from, after the partitions that are promised to another instance have been handed over. A call
 * proves that the answer before it arrived, so nothing of it is left to do.
 */
export const settle = async (
  tx: Transaction,
  member: Member,
  offsetReset: OffsetReset,
): Promise<{ positions: TopicPartitionOffset[]; handedOver: boolean }> => {
  const held = await tx<Held[]>`
    select topic, partition, position, heir from holdings
    where group_name = ${member.group} and holder = ${member.instance} order by topic, partition for update`
  const handedOver = held.some(({ heir }) => heir !== null)
  if (handedOver)
    await tx`
      update holdings set holder = heir, heir = null, position = null, answered = false
      where group_name = ${member.group} and holder = ${member.instance} and heir is not null`
  const kept = held.filter(({ heir }) => heir === null)
  const placed = kept.some(({ position }) => position === null)
    ? await place(tx, member, offsetReset)
    : new Map<string, number>()
  const positions = kept.map(({ topic, partition, position }) => ({
    topic,
    partition,
    offset: position ?? placed.get(`${partition}/${topic}`) ?? 0,
  }))
  return { positions, handedOver }
}

/** A partition that is new to its holder: from the committed offset, else as the instance wished. */
const place = async (
  tx: Transaction,
  member: Member,
  offsetReset: OffsetReset,
): Promise<Map<string, number>> => {
  const bounds = await tx<Bounds[]>`
    select held.topic, held.partition, partitions.first_offset, partitions.next_offset,
      committed_offsets.next_offset as committed, held.start_position
    from holdings held join partitions using (topic, partition)
      left join committed_offsets using (group_name, topic, partition)
    where held.group_name = ${member.group} and held.holder = ${member.instance} and held.position is null`
  const rows = bounds.map((each) => ({
    topic: each.topic,
    partition: each.partition,
    offset: startOf(each, offsetReset),
  }))
  await tx`
    update holdings set position = rows."offset", start_position = coalesce(start_position, rows."offset"),
      answered = true
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as rows (topic text, partition integer, "offset" bigint)
    where holdings.group_name = ${member.group} and holdings.holder = ${member.instance}
      and holdings.topic = rows.topic and holdings.partition = rows.partition`
  return new Map(rows.map(({ topic, partition, offset }) => [`${partition}/${topic}`, offset]))
}

const startOf = (
  { firstOffset, nextOffset, committed, startPosition }: Omit<Bounds, 'topic' | 'partition'>,
  offsetReset: OffsetReset,
): number => {
  const known = committed ?? startPosition
  if (known !== null && known <= nextOffset) return Math.max(known, firstOffset)
  if (offsetReset === 'none')
    throw new Problem('invalid-input', 'The group has no offset, and auto.offset.reset is none')
  return offsetReset === 'earliest' ? firstOffset : nextOffset
}
