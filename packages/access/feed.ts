import { type ConsumerResources, createConsumer, type Kafka } from '@kontora/events'
import type { Pool } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import { accessHandlers, applyBeats } from './apply-events.ts'
import { createAccessMemory } from './memory.ts'
import { createSnapshotTaker, type ReadSnapshot } from './snapshot.ts'

type FeedOptions = {
  service: string
  slot: string
  kafka: Kafka
  resources: ConsumerResources & { sql: Pool; log: Log }
  /** Not for `client` itself: its own events, from the first on, are in its own database. */
  readSnapshot?: ReadSnapshot | undefined
}

/** The read model of a running service: the group `<service>-access` fills its tables, each replica keeps them in memory. */
export const createAccessFeed = ({ service, slot, kafka, resources, readSnapshot }: FeedOptions) => {
  const memory = createAccessMemory(resources)
  const group = `${service}-access`
  const consumer = createConsumer({
    service,
    group,
    instance: `${group}-${slot}`,
    topics: ['auth', 'client'],
    kafka,
    resources,
    handlers: accessHandlers(),
    onBeats: applyBeats(resources.sql),
    pollMs: 2000,
  })
  const { sql, log } = resources
  const taker = readSnapshot ? [createSnapshotTaker({ sql, log, read: readSnapshot })] : []
  return {
    access: memory.access,
    isLoaded: memory.isLoaded,
    background: [memory.background, ...taker, consumer],
  }
}
