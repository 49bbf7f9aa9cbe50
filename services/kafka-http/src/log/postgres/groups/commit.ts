import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import type { Member, TopicPartition, TopicPartitionOffset } from '../../message-log.ts'
import { LogClosed } from '../../moving/log-place.ts'

/** Verbatim, whoever holds the partition: the caller says where the group shall go on. */
export const commitOffsets = async (
  sql: Sql,
  group: string,
  offsets: TopicPartitionOffset[],
  time: Date,
): Promise<void> => {
  const last = new Map(offsets.map((each) => [`${each.partition}/${each.topic}`, each]))
  const committed = await sql`
    insert into committed_offsets as old (group_name, topic, partition, next_offset, committed_at)
    select ${group}, topic, partition, "offset", ${time}
    from json_to_recordset(${JSON.stringify([...last.values()])}::text::json)
      as rows (topic text, partition integer, "offset" bigint)
    where not exists (select 1 from log_moves)
    order by topic, partition
    on conflict (group_name, topic, partition) do update
      set next_offset = excluded.next_offset, committed_at = excluded.committed_at
    returning partition`
  if (committed.length < last.size) throw new LogClosed()
}

/** Everything the instance was answered so far: to ask for this is to have got it. */
const commitAnswered = async (tx: Transaction, member: Member, time: Date): Promise<void> => {
  const held = await tx<TopicPartitionOffset[]>`
    select topic, partition, coalesce(answered_position, position) as "offset" from holdings
    where group_name = ${member.group} and holder = ${member.instance} and position is not null
    order by topic, partition for update`
  if (held.length > 0) await commitOffsets(tx, member.group, held, time)
}

/** False when there is no such instance. */
export const commitPosition = (sql: Sql, member: Member, time: Date): Promise<boolean> =>
  transaction(sql, async (tx) => {
    const known = await tx`
      select name from instances
      where group_name = ${member.group} and name = ${member.instance} and expires_at > ${time} for update`
    if (known.length > 0) await commitAnswered(tx, member, time)
    return known.length > 0
  })

/** What an instance that commits by itself still has to, when it says goodbye. */
export const commitAtGoodbye = async (tx: Transaction, member: Member, time: Date): Promise<void> => {
  const commits = await tx`
    select name from instances
    where group_name = ${member.group} and name = ${member.instance} and auto_commit for update`
  if (commits.length > 0) await commitAnswered(tx, member, time)
}

/** -1 where nothing is committed. */
export const readCommitted = async (
  sql: Sql,
  group: string,
  partitions: TopicPartition[],
): Promise<TopicPartitionOffset[]> => {
  const rows = await sql<TopicPartitionOffset[]>`
    select topic, partition, next_offset as "offset" from committed_offsets where group_name = ${group}
    order by topic, partition`
  if (partitions.length === 0) return [...rows]
  const known = new Map(rows.map(({ topic, partition, offset }) => [`${partition}/${topic}`, offset]))
  return partitions.map(({ topic, partition }) => ({
    topic,
    partition,
    offset: known.get(`${partition}/${topic}`) ?? -1,
  }))
}
