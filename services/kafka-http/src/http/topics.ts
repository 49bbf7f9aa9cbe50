import { Problem } from '@kontora/service'
import type { TopicPartition } from '../log/message-log.ts'
import type { Resources } from '../resources.ts'

/** Partition counts of these topics, which must all exist. */
export const requireTopics = async (
  { topics }: Pick<Resources, 'topics'>,
  names: Iterable<string>,
): Promise<Map<string, number>> => {
  const wanted = [...new Set(names)]
  const kept = await topics()
  const counts = wanted.every((name) => kept.has(name)) ? kept : await topics(true)
  if (!wanted.every((name) => counts.has(name)))
    throw new Problem('not-found', 'There is no such topic', { fields: { topic: 'one that exists' } })
  return counts
}

export const requirePartitions = async (
  resources: Pick<Resources, 'topics'>,
  partitions: TopicPartition[],
): Promise<void> => {
  const topics = partitions.map(({ topic }) => topic)
  const kept = await requireTopics(resources, topics)
  const exist = (counts: Map<string, number>) =>
    partitions.every(({ topic, partition }) => partition < (counts.get(topic) ?? 0))
  if (!exist(kept) && !exist(await resources.topics(true)))
    throw new Problem('invalid-input', 'There is no such partition', {
      fields: { partition: 'one that exists' },
    })
}
