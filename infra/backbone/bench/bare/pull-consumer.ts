import { ConnectionPool, Consumer, offsetCommitV9 } from '@platformatic/kafka'

export type Pulled = { partition: number; offset: bigint; key: string | undefined; value: string | undefined }

/** The bare library used as a caller in its own process would to read a topic in turns: fetched ahead, handed out in portions. */
export const openPullConsumer = async (brokers: string, topic: string, groupId: string) => {
  const consumer = new Consumer({
    clientId: 'bare',
    bootstrapBrokers: [brokers],
    groupId,
    sessionTimeout: 30_000,
    rebalanceTimeout: 30_000,
    heartbeatInterval: 3000,
    autocommit: false,
    retries: 3,
  })
  const pool = new ConnectionPool('bare', { connectTimeout: 3000 })
  const positions = new Map<number, bigint>()
  let ahead: Pulled[] = []
  let taken = 0
  consumer.topics.track(topic)
  await consumer.joinGroup()
  const metadata = await consumer.metadata({ topics: [topic] })
  const known = metadata.topics.get(topic)
  const begin = (await consumer.listOffsets({ topics: [topic], timestamp: -2n })).get(topic) ?? []
  for (const [partition, offset] of begin.entries()) positions.set(partition, offset)

  const keep = (fetched: Awaited<ReturnType<typeof consumer.fetch>>) => {
    for (const { partitions } of fetched.responses)
      for (const { partitionIndex: partition, records } of partitions)
        for (const batch of records ?? []) {
          const position = positions.get(partition) ?? 0n
          for (const { offsetDelta, key, value } of batch.records) {
            const offset = batch.firstOffset + BigInt(offsetDelta)
            if (offset >= position)
              ahead.push({ partition, offset, key: key?.toString(), value: value?.toString() })
          }
          positions.set(partition, batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n)
        }
  }
  const fetchMore = async () => {
    const partitions = [...positions].map(([partition, fetchOffset]) => ({
      partition,
      fetchOffset,
      partitionMaxBytes: 1 << 20,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
    }))
    const node = known?.partitions[0]?.leader ?? 1
    const topics = [{ topicId: known?.id ?? '', partitions }]
    const wait = { maxWaitTime: 1000, minBytes: 1, maxBytes: 8 << 20 }
    keep(await consumer.fetch({ node, connectionPool: pool, topics, ...wait }))
  }
  const coordinator = metadata.brokers.get(await consumer.findGroupCoordinator())
  const connection = coordinator && (await new ConnectionPool('bare', {}).get(coordinator))

  return {
    poll: async (most: number): Promise<Pulled[]> => {
      if (taken >= ahead.length) {
        ahead = []
        taken = 0
        await fetchMore()
      }
      const portion = ahead.slice(taken, taken + most)
      taken += portion.length
      return portion
    },
    commit: async (places: Map<number, bigint>): Promise<void> => {
      const partitions = Array.from(places, ([partitionIndex, offset]) => ({
        partitionIndex,
        committedOffset: offset + 1n,
        committedLeaderEpoch: -1,
        committedMetadata: null,
      }))
      if (!connection || !consumer.memberId) throw new Error('Not in the group')
      const { generationId, memberId } = consumer
      await offsetCommitV9.api.async(connection, groupId, generationId, memberId, null, [
        { name: topic, partitions },
      ])
    },
  }
}
