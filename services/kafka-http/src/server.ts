import { openOrExit } from '@kontora/door/server'
import { pendingMigrations } from '@kontora/postgres/migrate'
import { readSettings } from '@kontora/service'
import { serve } from '@kontora/service/serve'
import { app } from './app.ts'
import { listenForGetBodies } from './http/listen.node.ts'
import { openKafkaLog } from './log/kafka/open-kafka-log.node.ts'
import { migrations } from './migrations.node.ts'
import { createRetention } from './operate/retention.ts'
import { createResources } from './resources.ts'
import { settings as table } from './settings.ts'

const settings = openOrExit(() => readSettings(table, process.env))
const messages = openKafkaLog(settings)
const resources = createResources(settings, messages && { messages })
const { sql, log, health } = resources

let current = false
health.migrationsCurrent = async () => {
  current ||= (await pendingMigrations(sql, migrations)).length === 0
  return current
}

serve({
  fetch: (request) => app.fetch(request, resources),
  port: settings.PORT,
  hostname: settings.HOST,
  ...(settings.GET_BODIES && { listen: listenForGetBodies(settings.REQUEST_MAX_BYTES) }),
  health,
  log,
  background: [
    // Kafka keeps its topics' retention itself.
    ...(messages ? [] : [createRetention(resources, settings.RETENTION_DAYS)]),
    { name: 'waits', start: () => {}, stop: async () => resources.endWaits() },
  ],
  close: () => sql.end({ timeout: 1 }),
})
