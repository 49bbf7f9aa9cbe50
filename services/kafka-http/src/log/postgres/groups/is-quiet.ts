import type { Sql } from '@kontora/postgres'
import type { Member } from '../../message-log.ts'

type Call = Member & { callId: string; time: Date; hasArrived: (callId: string) => boolean }

/**
 * One statement that spares most calls a turn before they wait: the last answer arrived, nobody is overdue, no partition changes
 * hands or has grown, and all that this instance reads is read. What was answered is then settled with the next news.
 */
export const isQuiet = async (
  sql: Sql,
  { group, instance, callId, time, hasArrived }: Call,
): Promise<boolean> => {
  const [row] = await sql<{ answeredCall: string | null; answerArrived: boolean }[]>`
    select answered_call, answer_arrived from instances
    where group_name = ${group} and name = ${instance} and call_id = ${callId} and not auto_commit
      and not exists (select 1 from instances other where other.group_name = ${group} and other.expires_at <= ${time})
      and (select count(*) from partitions where instances.topics ? partitions.topic)
        = (select count(*) from holdings where group_name = ${group} and instances.topics ? holdings.topic)
      and not exists (
        select 1 from holdings held join partitions using (topic, partition)
        where held.group_name = ${group} and held.holder = ${instance} and (
          held.heir is not null or held.position is null
          or partitions.next_offset > coalesce(held.answered_position, held.position)
        )
      )`
  if (!row) return false
  return row.answeredCall === null || row.answerArrived || hasArrived(row.answeredCall)
}
