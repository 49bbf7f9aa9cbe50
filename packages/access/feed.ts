import { type ConsumerResources, createConsumer, type Kafka } from '@kontora/events'
import type { Pool } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import { accessHandlers, applyBeats } from './apply-events.ts'
import { createAccessMemory } from './memory.ts'

type FeedOptions = {
  service: string
  slot: string
  kafka: Kafka
  resources: ConsumerResources & { sql: Pool; log: Log }
}

/** The read model of a running service: the group `<service>-access` fills its tables, each replica keeps them in memory. */
export const createAccessFeed = ({ service, slot, kafka, resources }: FeedOptions) => {
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
  return { access: memory.access, isLoaded: memory.isLoaded, background: [memory.background, consumer] }
}
