import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import { LogClosed } from '../moving/log-place.ts'

/** All or none, in one order for all who grow topics at once. */
export const growTopics = (sql: Sql, time: Date, counts: Map<string, number>): Promise<void> =>
  transaction(sql, async (tx) => {
    for (const [topic, count] of [...counts].sort()) await growTopic(tx, time, topic, count)
    // Seen here or not, for whoever closes waits until we are committed.
    const [closed] = await tx`select topic from partitions where closed limit 1`
    if (closed) throw new LogClosed()
  })

const growTopic = async (tx: Transaction, time: Date, topic: string, count: number): Promise<void> => {
  await tx`insert into topics (name, created_at) values (${topic}, ${time}) on conflict do nothing`
  await tx`
    insert into partitions (topic, partition, first_offset, next_offset)
    select ${topic}, partition, 0, 0 from generate_series(0, ${count - 1}::integer) partition
    on conflict do nothing`
}
