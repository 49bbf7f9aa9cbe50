import { join } from 'node:path'
import { partitions } from '@kontora/events'
import { eventsMigrations } from '@kontora/events/migrations'
import { migrations as gatewayMigrations } from '@kontora/kafka-http/migrations'
import { freePort, type TestDatabase, testDatabase } from '@kontora/testing'
import type { SeededRandom } from '../../stack/prove/random.ts'
import { type Child, startChild } from './child.ts'
import { readerTables, topic } from './ledger.ts'
import { openRoad, type Road } from './road.ts'

const top = join(import.meta.dir, '../../..')
const password = 'a-password-of-24-letters'
export const authorization = `Basic ${btoa(`all:${password}`)}`
export const subscription = 'reader'
const newSecret = () => `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`

export type Stand = {
  log: TestDatabase
  reader: TestDatabase
  road: Road
  secret: string
  gateways: string[]
  receiverUrl: () => string
  /** How often a subscription was paused with an alarm. */
  alarms: () => number
  /** By kill -9, or in order. */
  restartGateway: (i: number, signal: NodeJS.Signals) => Promise<void>
  killReceiver: () => Promise<void>
  startReceiver: (faults: number) => Promise<void>
  signalReceiver: (signal: NodeJS.Signals) => Promise<void>
  operate: (args: string[], input?: string) => Promise<string>
  close: () => Promise<void>
}

const runCli = async (args: string[], env: Record<string, string>, input: string): Promise<string> => {
  const child = Bun.spawn([process.execPath, '--no-env-file', 'services/kafka-http/src/cli.ts', ...args], {
    cwd: top,
    env,
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const out = await new Response(child.stdout).text()
  if ((await child.exited) !== 0) throw new Error(`kafka-http ${args.join(' ')} failed`)
  return out
}

/** Two gateways in front of one log, Kafka's where there are brokers, a receiver behind a bad road, a subscription that leads from the one to the other. */
export const openStand = async (random: SeededRandom, brokers?: string): Promise<Stand> => {
  const log = await testDatabase({ name: 'kafka-http', migrations: gatewayMigrations })
  const reader = await testDatabase({ name: 'packages-events', migrations: [eventsMigrations] })
  await reader.ownerSql.unsafe(readerTables)
  const [secret, replaced] = [newSecret(), newSecret()]
  const receiverPort = await freePort()
  const road = await openRoad(() => receiverPort, random)
  const target = `http://127.0.0.1:${road.port}/events`
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
  const operators = {
    ...{ DATABASE_URL: log.url, ENVIRONMENT: 'local', PUSH_TARGETS: target, PUSH_KEY: key },
    ...(brokers && { KAFKA_BROKERS: brokers }),
  }
  const operate = (args: string[], input = '') => runCli(args, operators, input)
  const wish = { name: subscription, topics: [topic], group: 'reader', target, secrets: [replaced], most: 50 }
  const credential = { name: 'all', password, all: ['*'] }
  const wishes = { topics: { [topic]: partitions }, credentials: [credential], push: [wish] }
  await operate(['apply'], JSON.stringify(wishes))

  let alarms = 0
  const startGateway = (port: number) => {
    const own = { HOST: '127.0.0.1', PORT: String(port), SESSION_TIMEOUT_MS: '10000' }
    const env = { ...operators, ...own, ...(brokers && { GATEWAY_URL: `http://127.0.0.1:${port}` }) }
    const push = { PUSH_TIMEOUT_MS: '1500', PUSH_MOST_FAILURES: '6' }
    return startChild('services/kafka-http/src/server.ts', { ...env, ...push }, (line) => {
      if (line.includes('"event":"push-paused"')) alarms++
    })
  }
  const ports = [await freePort(), await freePort()]
  const gateways = await Promise.all(ports.map(startGateway))
  let receiver: Child | undefined
  const seed = random.below(1_000_000)
  const startReceiver = async (faults: number) => {
    const SECRETS = `${secret},${replaced}`
    const env = { DATABASE_URL: reader.url, PORT: String(receiverPort), SECRETS, SEED: String(seed) }
    receiver = await startChild('infra/backbone/push/receiver.ts', { ...env, FAULTS: String(faults) })
  }
  const killReceiver = async () => {
    await receiver?.kill()
    receiver = undefined
  }
  return {
    ...{ log, reader, road, secret, operate, killReceiver, startReceiver, alarms: () => alarms },
    gateways: ports.map((port) => `http://127.0.0.1:${port}`),
    receiverUrl: () => `http://127.0.0.1:${receiverPort}`,
    restartGateway: async (i, signal) => {
      await gateways[i]?.kill(signal)
      gateways[i] = await startGateway(ports[i] ?? 0)
    },
    signalReceiver: async (signal) => receiver?.kill(signal),
    close: async () => {
      await Promise.all([...gateways, ...(receiver ? [receiver] : [])].map(({ kill }) => kill()))
      await road.close()
      for (const database of [log, reader]) await database.close()
    },
  }
}
