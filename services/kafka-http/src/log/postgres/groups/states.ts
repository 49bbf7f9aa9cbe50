import type { Sql } from '@kontora/postgres'
import type { GroupState } from '../../message-log.ts'

type Row = GroupState['partitions'][number] & { groupName: string }

export const readGroupStates = async (sql: Sql, time: Date): Promise<GroupState[]> => {
  const living = await sql<{ groupName: string; count: number }[]>`
    select group_name, count(*)::int as count from instances where expires_at > ${time} group by group_name`
  const rows = await sql<Row[]>`
    select group_name, topic, partition, committed_offsets.next_offset as committed, first_offset as first,
      partitions.next_offset as "end"
    from committed_offsets join partitions using (topic, partition)
    order by group_name, topic, partition`
  const counts = new Map(living.map(({ groupName, count }) => [groupName, count]))
  const known = Map.groupBy(rows, ({ groupName }) => groupName)
  return [...new Set([...counts.keys(), ...known.keys()])].sort().map((group) => ({
    group,
    instances: counts.get(group) ?? 0,
    partitions: (known.get(group) ?? []).map(({ groupName: _, ...partition }) => partition),
  }))
}
