import { createAccessFeed } from '@kontora/access'
import { createConsumer, createRelay, type EventType, type Handler } from '@kontora/events'
import { createJobs, type Job } from '@kontora/jobs'
import { type Migration, pendingMigrations } from '@kontora/postgres/migrate'
import { SettingsError } from '@kontora/service'
import { type Background, serve } from '@kontora/service/serve'
import type { CommonOpen } from './open-common.ts'

type App<Resources> = { fetch: (request: Request, resources: Resources) => Response | Promise<Response> }

type Options<Resources extends CommonOpen> = {
  service: string
  open: (env: unknown) => Resources
  app: App<Resources>
  migrations: Migration[]
  consumers?: Handler<Resources>[]
  jobs?: (resources: Resources) => Job<Resources>[]
  /** Of the two services whose events feed everyone's read model. */
  beat?: EventType
}

const youngMs = 5000

/** Wrong settings are told in one message, without values, and end the process with 2. */
export const openOrExit = <Resources>(open: () => Resources): Resources => {
  try {
    return open()
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    console.error(error.message)
    return process.exit(2)
  }
}

const backgroundOf = <Resources extends CommonOpen>(
  { service, consumers = [], jobs, beat }: Options<Resources>,
  resources: Resources,
  feed: Background[],
): Background[] => {
  const { sql, kafka, now, newId, log, place } = resources
  const instance = `${service}-${place.slot}`
  const relay = createRelay({ service, holder: instance, sql, kafka, now, newId, log, ...(beat && { beat }) })
  const topics = [...new Set(consumers.map(({ event }) => event.topic))]
  const consumer = createConsumer({
    service,
    group: service,
    instance,
    topics,
    kafka,
    resources,
    handlers: consumers,
  })
  // A consumer of no topic would ask Kafka for nothing, for ever.
  return [
    relay,
    ...feed,
    ...(topics.length > 0 ? [consumer] : []),
    ...(jobs ? [createJobs(resources, jobs(resources))] : []),
  ]
}

/** The door for Bun and Deno: one pool for its life, loops beside HTTP, and an orderly end. */
export const runServer = <Resources extends CommonOpen>(options: Options<Resources>): void => {
  const { service, open, app, migrations } = options
  const opened = openOrExit(() => open(process.env))
  const { sql, kafka, log, health, place, readSnapshot } = opened
  const feed = createAccessFeed({ service, slot: place.slot, kafka, resources: opened, readSnapshot })
  const resources = { ...opened, access: feed.access }
  let migrated = false
  health.migrationsCurrent = async () => {
    migrated ||= (await pendingMigrations(sql, migrations)).length === 0
    return migrated && feed.isLoaded()
  }
  health.checks.push({ name: 'access-feed', isWell: async () => (await feed.access.feedAgeMs()) < youngMs })
  serve({
    fetch: (request, peer) => app.fetch(request, { ...resources, ...(peer !== undefined && { peer }) }),
    port: place.port,
    hostname: place.host,
    health,
    log,
    background: backgroundOf(options, resources, feed.background),
    close: () => sql.end(),
  })
}
