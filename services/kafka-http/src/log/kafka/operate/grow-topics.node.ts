import { createPartitionsV3, createTopicsV7 } from '@platformatic/kafka/core'
import type { Cluster } from '../cluster/cluster.node.ts'
import { hasCode, KafkaAway } from '../cluster/faults.ts'

const timeoutMs = 10_000
/** As the cluster is set up: `default.replication.factor`. */
const clusterDefault = -1

/** Topics that are missing are made, with the cluster's own replication and settings; those that are there grow. */
export const growTopics = async (cluster: Cluster, wanted: Map<string, number>): Promise<void> => {
  const { topics, brokers, controller } = await cluster.metadata(true)
  const address = brokers.get(controller) ?? [...brokers.values()][0]
  if (!address) throw new KafkaAway('There is no broker')
  const connection = await cluster.links.at(address, 'admin')
  const missing = [...wanted].filter(([name]) => !topics.has(name))
  const smaller = [...wanted].filter(([name, count]) => (topics.get(name)?.leaders.length ?? count) < count)
  if (missing.length > 0) {
    const made = missing.map(([name, numPartitions]) => ({
      name,
      numPartitions,
      replicationFactor: clusterDefault,
      assignments: [],
      configs: [],
    }))
    await createTopicsV7.api.async(connection, made, timeoutMs, false).catch((error: unknown) => {
      // Another gateway was faster.
      if (!hasCode(error, 'TOPIC_ALREADY_EXISTS')) throw error
    })
  }
  if (smaller.length > 0)
    await createPartitionsV3.api.async(
      connection,
      smaller.map(([name, count]) => ({ name, count, assignments: null })),
      timeoutMs,
      false,
    )
  await untilLed(cluster, wanted)
}

const tries = 100
const pauseMs = 50

/** A new partition takes a moment to get its leader. */
const untilLed = async (cluster: Cluster, wanted: Map<string, number>): Promise<void> => {
  for (let i = 0; i < tries; i++) {
    const { topics } = await cluster.metadata(true)
    const isLed = ([name, count]: [string, number]) =>
      (topics.get(name)?.leaders.filter((leader) => leader >= 0).length ?? 0) >= count
    if ([...wanted].every(isLed)) return
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  throw new KafkaAway('The new partitions have no leader yet')
}
