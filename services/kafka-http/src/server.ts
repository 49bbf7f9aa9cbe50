import { openOrExit } from '@kontora/door/server'
import { pendingMigrations } from '@kontora/postgres/migrate'
import { readSettings } from '@kontora/service'
import { serve } from '@kontora/service/serve'
import { app } from './app.ts'
import { migrations } from './migrations.node.ts'
import { createRetention } from './operate/retention.ts'
import { createPush } from './push/create-push.ts'
import { openPush } from './push/open-push.ts'
import { arePushesWell } from './push/operate-push.ts'
import { createResources } from './resources.ts'
import { sessionTimeoutOf, settings as table } from './settings.ts'

const { settings, push } = openOrExit(() => {
  const read = readSettings(table, process.env)
  return { settings: read, push: openPush(read) }
})
const resources = createResources(settings)
const { sql, log, health } = resources

let current = false
health.migrationsCurrent = async () => {
  current ||= (await pendingMigrations(sql, migrations)).length === 0
  return current
}

const pushes =
  push &&
  createPush({
    ...resources,
    ...push,
    timeoutMs: settings.PUSH_TIMEOUT_MS,
    mostFailures: settings.PUSH_MOST_FAILURES,
    sessionTimeoutMs: (group) => sessionTimeoutOf(settings, group, undefined),
  })
if (pushes) health.checks.push({ name: 'push', isWell: () => arePushesWell(sql) })

serve({
  fetch: (request) => app.fetch(request, resources),
  port: settings.PORT,
  hostname: settings.HOST,
  health,
  log,
  background: [
    ...(pushes ? [pushes] : []),
    createRetention(resources, settings.RETENTION_DAYS),
    { name: 'waits', start: () => {}, stop: async () => resources.endWaits() },
  ],
  close: () => sql.end({ timeout: 1 }),
})
