import { connect } from '@kontora/postgres'
import { createLog } from '@kontora/service'
import { testDatabase } from '@kontora/testing'
import { app } from './app.ts'
import type { Gateway, Stand } from './contract/stand.node.ts'
import { listenForGetBodies } from './http/listen.node.ts'
import { createKafkaLog } from './log/kafka/create-kafka-log.node.ts'
import { migrations } from './migrations.node.ts'
import { applyWishes, type Wishes } from './operate/apply-wishes.ts'
import { type ClosingLog, createResources, type Resources } from './resources.ts'

const quiet = createLog(
  'kafka-http',
  () => new Date(),
  () => {},
)
export const usualSettings = {
  SESSION_TIMEOUT_MS: 10_000,
  GROUP_IDLE_LIMITS: [{ pattern: '*-access', ms: 300 }],
}

/** A gateway in front of this database, as another process would be: with a pool and a state of its own. */
export const openGateway = (url: string, messages?: ClosingLog): Gateway & { resources: Resources } => {
  const sql = connect(url, { max: 5 })
  const parts = { sql, log: quiet, ...(messages && { messages }) }
  const resources = createResources({ DATABASE_URL: url, ...usualSettings }, parts)
  const listen = listenForGetBodies(resources.settings.REQUEST_MAX_BYTES)
  const server = listen((request) => app.fetch(request, resources), 0, '127.0.0.1')
  const stop = async () => {
    resources.endWaits()
    await server.stop()
    await sql.end({ timeout: 1 })
  }
  return { url: `http://127.0.0.1:${server.port}`, stop, resources }
}

export const openPostgresStand = async (wishes: Wishes): Promise<Stand & { url: string }> => {
  const database = await testDatabase({ name: 'kafka-http', migrations })
  await applyWishes(database.sql, () => new Date(), wishes)
  return { url: database.url, open: async () => openGateway(database.url), close: database.close }
}

/** Topics and credentials are there; each stand has a database of its own, but all share the cluster. */
export const openKafkaStand = async (wishes: Wishes, brokers: string): Promise<Stand> => {
  const database = await testDatabase({ name: 'kafka-http', migrations })
  const openLog = () => {
    const [host = '', port = '0'] = brokers.split(':')
    const address = { host, port: Number(port) }
    return createKafkaLog({ brokers: [address], clientId: 'kontora-test', sessionTimeoutMs: 6000 })
  }
  const log = openLog()
  await applyWishes(database.sql, () => new Date(), wishes, log.growTopics)
  log.close()
  return {
    open: async () => openGateway(database.url, openLog()),
    close: database.close,
  }
}
