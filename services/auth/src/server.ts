import { createAccessFeed } from '@kontora/access'
import { authBeat, createConsumer, createRelay } from '@kontora/events'
import { createJobs } from '@kontora/jobs'
import { pendingMigrations } from '@kontora/postgres/migrate'
import { SettingsError } from '@kontora/service'
import { serve } from '@kontora/service/serve'
import { app } from './app.ts'
import { consumers, topics } from './consumers.ts'
import { jobs } from './jobs.ts'
import { migrations } from './migrations.node.ts'
import { type OpenResources, openResources } from './resources.ts'

const service = 'auth'
const youngMs = 5000

const open = (): OpenResources => {
  try {
    return openResources(process.env)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    console.error(error.message)
    process.exit(2)
  }
}

const resources = open()
const { sql, kafka, log, health, now, newId, settings } = resources
const instance = `${service}-${settings.SLOT}`
const feed = createAccessFeed({ service, slot: settings.SLOT, kafka, resources })

let migrated = false
health.migrationsCurrent = async () => {
  migrated ||= (await pendingMigrations(sql, migrations)).length === 0
  return migrated && feed.isLoaded()
}

health.checks.push({
  name: 'access-feed',
  isWell: async () => (await feed.access.feedAgeMs()) < youngMs,
})

const relay = createRelay({ service, holder: instance, sql, kafka, now, newId, log, beat: authBeat })
const consumer = createConsumer({
  service,
  group: service,
  instance,
  topics,
  kafka,
  resources: { ...resources, access: feed.access },
  handlers: consumers,
})

serve({
  fetch: (request) => app.fetch(request, { ...resources, access: feed.access }),
  port: settings.PORT,
  hostname: settings.HOST,
  health,
  log,
  background: [relay, ...feed.background, consumer, createJobs({ ...resources, access: feed.access }, jobs)],
  close: () => sql.end(),
})
