import { type Sql, transaction } from '@kontora/postgres'
import type { MoveOptions } from './move-log.ts'

/**
 * Behind this no message is written in Postgres and none is answered from there. An append holds its partitions' rows, a turn the
 * holdings, a topic that grows the topics until they are committed: each of them is before this or sees it.
 */
export const closeLog = (sql: Sql): Promise<void> =>
  transaction(sql, async (tx) => {
    // Whoever holds these for longer would keep all others waiting behind us.
    await tx`set local lock_timeout = '3s'`
    await tx`lock table topics in share mode`
    await tx`select topic from partitions order by topic, partition for update`
    await tx`lock table holdings in exclusive mode`
    await tx`update partitions set closed = true where not closed`
  })

const patienceMs = 2000
const lookMs = 20

/** What was answered last and is worked on still is committed in Postgres, or it would be answered again by Kafka; not for long. */
export const areAnswersCommitted = async ({
  sql,
  now,
}: Pick<MoveOptions, 'sql' | 'now'>): Promise<boolean> => {
  for (let waited = 0; waited < patienceMs; waited += lookMs) {
    const [open] = await sql`
      select held.topic from holdings held
        join instances on instances.group_name = held.group_name and instances.name = held.holder
        left join committed_offsets done on done.group_name = held.group_name and done.topic = held.topic
          and done.partition = held.partition
      where not auto_commit and expires_at > ${now()}
        and answered_position > coalesce(done.next_offset, start_position, 0) limit 1`
    if (!open) return true
    await new Promise((resolve) => setTimeout(resolve, lookMs))
  }
  return false
}
