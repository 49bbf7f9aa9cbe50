import { deleteRecordsV2 } from '@platformatic/kafka/core'
import type { TopicPartitionOffset } from '../../message-log.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import { KafkaAway } from '../cluster/faults.ts'

const timeoutMs = 10_000

/** What lies before these offsets goes, as if retention had taken it. */
export const deleteBefore = async (
  { metadata, links }: Cluster,
  offsets: TopicPartitionOffset[],
): Promise<void> => {
  const { topics, brokers } = await metadata(true)
  for (const { topic, partition, offset } of offsets) {
    const address = brokers.get(topics.get(topic)?.leaders[partition] ?? -1)
    if (!address) throw new KafkaAway('The partition has no leader')
    const partitions = [{ partitionIndex: partition, offset: BigInt(offset) }]
    await deleteRecordsV2.api.async(
      await links.at(address, 'admin'),
      [{ name: topic, partitions }],
      timeoutMs,
    )
  }
}
