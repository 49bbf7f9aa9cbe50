import { type Sql, transaction } from '@kontora/postgres'
import type { TopicPartitionOffset } from '../../message-log.ts'
import { commitOffsets } from './commit.ts'
import { evictOverdue, lockGroup, regroup } from './regroup.ts'

/** False, and nothing is done, while the group has living instances that shall stay. */
export const resetGroup = (
  sql: Sql,
  group: string,
  offsets: TopicPartitionOffset[],
  takeOut: boolean,
  time: Date,
): Promise<boolean> =>
  transaction(sql, async (tx) => {
    await lockGroup(tx, group)
    await evictOverdue(tx, group, time)
    const [living] = await tx`select name from instances where group_name = ${group} limit 1`
    if (living && !takeOut) return false
    await tx`delete from instances where group_name = ${group}`
    // Nobody is left to hold anything: who comes next begins at what is committed here.
    await regroup(tx, group, time)
    await commitOffsets(tx, group, offsets, time)
    return true
  })
