import type { Credential } from '../credentials/credential.ts'
import { requireRight } from '../credentials/known.ts'
import { requirePartitions, requireTopics } from '../http/topics.ts'
import { partitionOfKey } from '../log/choose-partition.ts'
import type { Stored } from '../log/message-log.ts'
import { countByTopic } from '../metrics/count-by-topic.ts'
import type { Resources } from '../resources.ts'
import type { AnyMessage } from './message.ts'

/** All or none; one answer a message, in the order of the request. */
export const produceMessages = async (
  resources: Resources,
  credential: Credential,
  messages: AnyMessage[],
): Promise<Stored[]> => {
  requireRight(
    credential,
    'PRODUCE',
    messages.map(({ topic }) => topic),
  )
  const counts = await requireTopics(
    resources,
    messages.map(({ topic }) => topic),
  )
  const now = resources.now().getTime()
  const placed = messages.map(({ topic, partition, timestamp, key, value, headers }) => ({
    topic,
    partition: partition ?? choosePartition(resources, topic, key ?? undefined, counts.get(topic) ?? 1),
    timestamp: timestamp ?? now,
    key: key ?? null,
    value,
    headers: headers?.map((header) => ({ key: header.key, value: header.value })) ?? [],
  }))
  await requirePartitions(resources, placed)
  if (placed.length === 0) return []
  const stored = await resources.messages.append(placed)
  countByTopic(stored, resources.metrics.produced)
  return stored
}

const choosePartition = (
  { nextPartition }: Resources,
  topic: string,
  key: string | undefined,
  count: number,
): number => (key === undefined ? nextPartition(topic, count) : partitionOfKey(key, count))
