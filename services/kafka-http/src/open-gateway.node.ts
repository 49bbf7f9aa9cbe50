import { connect, type Pool } from '@kontora/postgres'
import { type Chance, createLog, realChance } from '@kontora/service'
import type { Background } from '@kontora/service/serve'
import type { KafkaLog } from './log/kafka/create-kafka-log.node.ts'
import { openKafkaLog } from './log/kafka/open-kafka-log.node.ts'
import { createMovingLog } from './log/moving/moving-log.ts'
import { createPostgresLog } from './log/postgres/create-log.ts'
import { createRetention } from './operate/retention.ts'
import { alone } from './peers/alone.ts'
import { createDirectory, noDirectory } from './peers/directory.ts'
import { createPeers } from './peers/peers.ts'
import { createRegistry } from './peers/registry.ts'
import { createPush } from './push/create-push.ts'
import { openPush, type PushPlace } from './push/open-push.ts'
import { arePushesWell } from './push/operate-push.ts'
import { createResources, type Resources } from './resources.ts'
import { type Settings, sessionTimeoutOf } from './settings.ts'

/** In Kafka, unless a log in Postgres has yet to be moved there. */
export const movingLog = (sql: Pool, chance: Chance, kafka: KafkaLog) =>
  createMovingLog({ sql, openPostgres: () => createPostgresLog(sql, chance), kafka })

type Gateway = { resources: Resources; background: Background[]; close: () => Promise<void> }

/** A gateway in front of the log that its settings name, and what runs beside its HTTP. */
export const openGateway = (settings: Settings): Gateway => {
  const place = openPush(settings)
  const chance = realChance()
  const log = createLog('kafka-http', chance.now)
  const sql = connect(settings.DATABASE_URL, { name: 'kafka-http' })
  const { GATEWAY_URL: url, RETENTION_DAYS: days } = settings
  const registry = url === undefined ? undefined : createRegistry({ ...chance, sql, log, url })
  const peers = createPeers(registry ?? alone(chance.newId()))
  const directory = registry ? createDirectory(sql, peers.self.id) : noDirectory
  const kafka = openKafkaLog(settings, peers, directory, log)
  const messages = kafka && movingLog(sql, chance, kafka)
  const resources = createResources(settings, { sql, chance, log, ...(messages && { messages, peers }) })
  const waits: Background = {
    name: 'waits',
    start: () => {},
    // Whether the last answers arrived is asked of the others and of Kafka, so the instances go first.
    stop: async () => {
      if (kafka) await kafka.handOver().catch((error: unknown) => log.warn('hand-over-failed', {}, error))
      resources.endWaits()
    },
  }
  const pushes = place ? [pushOf(settings, place, resources)] : []
  // Kafka keeps its topics' retention itself; what has moved there goes from Postgres by its age.
  const background = [createRetention(resources, days), ...(registry ? [registry] : [])]
  return { resources, background: [...pushes, ...background, waits], close: () => sql.end({ timeout: 1 }) }
}

const pushOf = (settings: Settings, place: PushPlace, resources: Resources): Background => {
  const { health, sql } = resources
  health.checks.push({ name: 'push', isWell: () => arePushesWell(sql) })
  return createPush({
    ...resources,
    ...place,
    timeoutMs: settings.PUSH_TIMEOUT_MS,
    mostFailures: settings.PUSH_MOST_FAILURES,
    sessionTimeoutMs: (group) => sessionTimeoutOf(settings, group, undefined),
  })
}
