import { type Sql, transaction } from '@kontora/postgres'
import type { ConsumerGroup, Member, TopicPartition } from '../../message-log.ts'
import { commitAtGoodbye } from './commit.ts'
import { evictOverdue, forgetPositions, lockGroup, regroup } from './regroup.ts'

/** Says goodbye for an instance. False when there is none. */
export const removeInstance = (sql: Sql, member: Member, time: Date): Promise<boolean> =>
  transaction(sql, async (tx) => {
    // Only a group that exists is locked, for locking makes it.
    const [group] = await tx`select name from groups where name = ${member.group}`
    if (!group) return false
    await lockGroup(tx, member.group)
    await evictOverdue(tx, member.group, time)
    await commitAtGoodbye(tx, member, time)
    const known = await tx`
      delete from instances where group_name = ${member.group} and name = ${member.instance} returning name`
    await forgetPositions(tx, member)
    await regroup(tx, member.group, time)
    return known.length > 0
  })

type Row = { groupName: string; name: string; topics: string[] }
type Held = TopicPartition & { groupName: string; holder: string }

/** Groups with a living instance. */
export const readConsumers = async (sql: Sql, time: Date): Promise<ConsumerGroup[]> => {
  const instances = await sql<Row[]>`
    select group_name, name, topics from instances where expires_at > ${time} order by group_name, name`
  const held = await sql<Held[]>`
    select group_name, topic, partition, holder from holdings order by topic, partition`
  const partitionsOf = (instance: Row, topic: string): number[] =>
    held
      .filter((each) => each.groupName === instance.groupName && each.holder === instance.name)
      .filter((each) => each.topic === topic)
      .map(({ partition }) => partition)
  return [...Map.groupBy(instances, ({ groupName }) => groupName)].map(([name, members]) => ({
    name,
    instances: members.map((member) => ({
      name: member.name,
      topics: member.topics.map((topic) => ({ topic, partitions: partitionsOf(member, topic) })),
    })),
  }))
}
