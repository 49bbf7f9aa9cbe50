import type { TopicPartition } from './message-log.ts'

export type Subscriber = { name: string; topics: string[] }
export type Share = TopicPartition & { owner?: string | undefined }
type Owned = TopicPartition & { owner: string }

/**
 * Everybody gets as many partitions as the others, of the topics he asked for, and as few as possible move. A partition
 * that nobody asked for is left out.
 */
export const assignPartitions = (subscribers: Subscriber[], shares: Share[]): Owned[] => {
  const sorted = subscribers.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  const load = new Map(sorted.map(({ name }) => [name, 0]))
  const loadOf = (name: string) => load.get(name) ?? 0
  const add = (name: string, count: number) => load.set(name, loadOf(name) + count)
  const askers = (topic: string) => sorted.filter(({ topics }) => topics.includes(topic))
  const leastLoaded = (topic: string) =>
    askers(topic).reduce<string | undefined>(
      (least, { name }) => (least === undefined || loadOf(name) < loadOf(least) ? name : least),
      undefined,
    )

  const owned: Owned[] = []
  const orphans: TopicPartition[] = []
  for (const { topic, partition, owner } of shares) {
    const stays = owner !== undefined && askers(topic).some(({ name }) => name === owner)
    if (stays) add(owner, 1)
    if (stays) owned.push({ topic, partition, owner })
    else orphans.push({ topic, partition })
  }
  for (const orphan of orphans) {
    const owner = leastLoaded(orphan.topic)
    if (owner === undefined) continue
    add(owner, 1)
    owned.push({ ...orphan, owner })
  }
  for (let moved = true; moved; ) {
    moved = false
    for (const share of owned) {
      const poorer = leastLoaded(share.topic)
      if (poorer === undefined || loadOf(share.owner) - loadOf(poorer) < 2) continue
      add(share.owner, -1)
      add(poorer, 1)
      share.owner = poorer
      moved = true
    }
  }
  return owned
}
