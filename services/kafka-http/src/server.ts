import { openOrExit } from '@kontora/door/server'
import { pendingMigrations } from '@kontora/postgres/migrate'
import { readSettings } from '@kontora/service'
import { serve } from '@kontora/service/serve'
import { app } from './app.ts'
import { listenForGetBodies } from './http/listen.node.ts'
import { listenMetrics } from './metrics/listen-metrics.node.ts'
import { migrations } from './migrations.node.ts'
import { openGateway } from './open-gateway.node.ts'
import { settings as table } from './settings.ts'

const { settings, gateway } = openOrExit(() => {
  const read = readSettings(table, process.env)
  return { settings: read, gateway: openGateway(read) }
})
const { resources, background } = gateway
const { sql, log, health } = resources

// What a library forgets to catch is told, and ends nobody's calls.
process.on('unhandledRejection', (error) => log.error('unhandled', {}, error))

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
    ...background,
    ...(settings.METRICS_PORT === undefined
      ? []
      : [listenMetrics(resources, settings.METRICS_PORT, settings.HOST)]),
  ],
  close: gateway.close,
})
