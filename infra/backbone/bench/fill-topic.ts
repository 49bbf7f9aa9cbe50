import { openProducer } from './bare/open-producer.ts'
import { partitions } from './kafka-bench.ts'
import { makeBatches } from './load/messages.ts'

/** So many messages, evenly over the partitions. */
export const fillTopic = async (brokers: string, topic: string, count: number): Promise<void> => {
  const producer = openProducer(brokers)
  const batches = makeBatches(partitions, 1000)
  for (let sent = 0; sent < count; ) {
    const left = Math.ceil((count - sent) / 1000)
    const round = batches.slice(0, left)
    await Promise.all(
      round.map((batch, partition) =>
        producer.send({
          messages: batch.slice(0, count - sent).map((message) => ({ topic, partition, ...message })),
        }),
      ),
    )
    sent += round.length * 1000
  }
  await producer.close()
}
