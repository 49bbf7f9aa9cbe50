import { createAccessFeed } from '@kontora/access'
import { createConsumer, createRelay } from '@kontora/events'
import { createJobs } from '@kontora/jobs'
import { pendingMigrations } from '@kontora/postgres/migrate'
import { SettingsError } from '@kontora/service'
import { serve } from '@kontora/service/serve'
import { app } from './app.ts'
import { consumers, topics } from './consumers.ts'
import { jobs } from './jobs.ts'
import { migrations } from './migrations.node.ts'
import { type OpenResources, openResources, service } from './resources.ts'

const open = (): OpenResources => {
  try {
    return openResources(process.env)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    console.error(error.message)
    process.exit(2)
  }
}

const opened = open()
const { sql, kafka, log, health, now, newId, settings } = opened
const instance = `${service}-${settings.SLOT}`
const feed = createAccessFeed({ service, slot: settings.SLOT, kafka, resources: opened })
const resources = { ...opened, access: feed.access }

let migrated = false
health.migrationsCurrent = async () => {
  migrated ||= (await pendingMigrations(sql, migrations)).length === 0
  return migrated && feed.isLoaded()
}

const relay = createRelay({ service, holder: instance, sql, kafka, now, newId, log })
const handlers = consumers
const consumer = createConsumer({ service, group: service, instance, topics, kafka, resources, handlers })

serve({
  fetch: (request) => app.fetch(request, resources),
  port: settings.PORT,
  health,
  log,
  background: [relay, ...feed.background, consumer, createJobs(resources, jobs)],
  close: () => sql.end(),
})
