import type { Sql } from '@kontora/postgres'

export type TopicState = { topic: string; partition: number; messages: number }
export const readTopicStates = (sql: Sql): Promise<TopicState[]> => sql<TopicState[]>`
  select topic, partition, next_offset - first_offset as messages from partitions order by topic, partition`

export type GroupState = {
  group: string
  topic: string
  partition: number
  committed: number
  end: number
  lag: number
}
export const readGroupStates = (sql: Sql): Promise<GroupState[]> => sql<GroupState[]>`
  select group_name as "group", topic, partition, committed_offsets.next_offset as committed,
    partitions.next_offset as "end",
    greatest(partitions.next_offset - greatest(committed_offsets.next_offset, first_offset), 0) as lag
  from committed_offsets join partitions using (topic, partition)
  order by group_name, topic, partition`
