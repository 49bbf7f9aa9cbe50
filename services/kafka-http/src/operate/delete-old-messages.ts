import { type Sql, transaction } from '@kontora/postgres'
import type { TopicPartition } from '../log/message-log.ts'

const batch = 1000

/** From the front of each partition, a small batch at a time, so that no writer waits long. */
export const deleteOldMessages = async (sql: Sql, before: Date, goOn = () => true): Promise<number> => {
  const partitions = await sql<TopicPartition[]>`
    select topic, partition from partitions where first_offset < next_offset order by topic, partition`
  let total = 0
  for (const each of partitions)
    for (let deleted = batch; deleted === batch && goOn(); total += deleted)
      deleted = await deleteBatch(sql, each, before)
  return total
}

const deleteBatch = (sql: Sql, { topic, partition }: TopicPartition, before: Date): Promise<number> =>
  transaction(sql, async (tx) => {
    const old = await tx<{ messageOffset: number }[]>`
      with front as (
        select message_offset, stored_at from messages where topic = ${topic} and partition = ${partition}
        order by message_offset limit ${batch}
      )
      delete from messages where topic = ${topic} and partition = ${partition} and message_offset < coalesce(
        (select min(message_offset) from front where stored_at >= ${before}),
        (select max(message_offset) + 1 from front))
      returning message_offset`
    const first = Math.max(-1, ...old.map(({ messageOffset }) => messageOffset)) + 1
    if (old.length > 0)
      await tx`
        update partitions set first_offset = ${first} where topic = ${topic} and partition = ${partition}`
    return old.length
  })
