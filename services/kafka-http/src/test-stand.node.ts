import { connect } from '@kontora/postgres'
import { createLog, realChance } from '@kontora/service'
import { testDatabase } from '@kontora/testing'
import { app } from './app.ts'
import type { Gateway, Stand } from './contract/stand.node.ts'
import { listenForGetBodies } from './http/listen.node.ts'
import { createKafkaLog } from './log/kafka/create-kafka-log.node.ts'
import { migrations } from './migrations.node.ts'
import { applyWishes, type Wishes } from './operate/apply-wishes.ts'
import { alone } from './peers/alone.ts'
import { createDirectory, noDirectory } from './peers/directory.ts'
import { createPeers, type Peers } from './peers/peers.ts'
import { createRegistry } from './peers/registry.ts'
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
export const openGateway = (
  url: string,
  { messages, peers, port = 0 }: { messages?: ClosingLog; peers?: Peers; port?: number } = {},
): Gateway & { resources: Resources } => {
  const sql = connect(url, { max: 5 })
  const parts = { sql, log: quiet, peers, ...(messages && { messages }) }
  const resources = createResources({ DATABASE_URL: url, ...usualSettings }, parts)
  const listen = listenForGetBodies(resources.settings.REQUEST_MAX_BYTES)
  const server = listen((request) => app.fetch(request, resources), port, '127.0.0.1')
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

const freePort = async (): Promise<number> => {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
  const { port = 0 } = server
  await server.stop(true)
  return port
}

export const kafkaOf = (brokers: string, peers = createPeers(alone('test')), directory = noDirectory) => {
  const [host = '', port = '0'] = brokers.split(':')
  return createKafkaLog({ brokers: [{ host, port: Number(port) }], peers, directory, sessionTimeoutMs: 6000 })
}

/** Two gateways find each other through the stand's database; all stands share the cluster. */
export const openKafkaStand = async (wishes: Wishes, brokers: string): Promise<Stand> => {
  const database = await testDatabase({ name: 'kafka-http', migrations })
  const log = kafkaOf(brokers)
  await applyWishes(database.sql, () => new Date(), wishes, log.growTopics)
  log.close()
  const open = async () => {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const registry = createRegistry({ ...realChance(), sql: database.sql, log: quiet, url })
    const peers = createPeers(registry)
    const gateway = openGateway(database.url, {
      messages: kafkaOf(brokers, peers, createDirectory(database.sql, peers.self.id)),
      peers,
      port,
    })
    registry.start()
    await registry.signIn()
    const stop = async () => {
      await registry.stop()
      await gateway.stop()
    }
    return { ...gateway, stop }
  }
  return { open, close: database.close }
}
