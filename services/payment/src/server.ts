import { createAccessFeed } from '@kontora/access'
import { createConsumer, createRelay } from '@kontora/events'
import { createJobs } from '@kontora/jobs'
import { pendingMigrations } from '@kontora/postgres/migrate'
import { SettingsError } from '@kontora/service'
import { serve } from '@kontora/service/serve'
import { app } from './app.ts'
import { consumers } from './consumers.ts'
import { jobs } from './jobs.ts'
import { migrations } from './migrations.node.ts'
import { openResources } from './resources.ts'

const service = 'payment'
const youngMs = 5000

const open = () => {
  try {
    return openResources(process.env)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    console.error(error.message)
    return process.exit(2)
  }
}

const resources = open()
const { sql, kafka, now, newId, log, health, slot, port } = resources
const feed = createAccessFeed({ service, slot, kafka, resources })
const relay = createRelay({ service, holder: `${service}-${slot}`, sql, kafka, now, newId, log })
const topics = [...new Set(consumers.map(({ event }) => event.topic))]
const consumer = createConsumer({
  service,
  group: service,
  instance: `${service}-${slot}`,
  topics,
  kafka,
  resources,
  handlers: consumers,
})

let current = false
health.migrationsCurrent = async () => {
  current ||= (await pendingMigrations(sql, migrations)).length === 0
  return current && feed.isLoaded()
}
health.checks.push({
  name: 'access-feed',
  isWell: async () => (await feed.access.feedAgeMs()) < youngMs,
})

serve({
  fetch: (request) => app.fetch(request, { ...resources, access: feed.access }),
  port,
  health,
  log,
  background: [
    relay,
    ...feed.background,
    // A consumer of no topic would ask Kafka for nothing, for ever.
    ...(topics.length > 0 ? [consumer] : []),
    createJobs(resources, jobs),
  ],
  close: () => sql.end(),
})
