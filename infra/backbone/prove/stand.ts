import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endWithParent, freePort, type RunningPostgres, startPostgres } from '@kontora/embedded-postgres'
import { type RunningBroker, startBroker } from '@kontora/kafka-broker'
import { migrations } from '@kontora/kafka-http/migrations'
import { connect } from '@kontora/postgres'
import { createServiceDatabase, migrate } from '@kontora/postgres/migrate'
import { runCli } from '../../stack/run-cli.ts'
import { linesOf } from '../bench/lines.ts'

/** What stands behind the gateways: settings that they are given, and the session that instances ask for. */
export type Backend = {
  name: string
  sessionMs: number
  /** Whether a request is written wholly or not at all, also over several partitions. */
  isAtomic: boolean
  open: () => Promise<{ env: Record<string, string>; stop: () => Promise<void> }>
  /** The topics are made in Postgres' log, whatever the gateways are given. */
  beginsInPostgres?: boolean
}
export const postgresLog: Backend = {
  name: 'Postgres log',
  sessionMs: 3000,
  isAtomic: true,
  open: async () => ({ env: {}, stop: async () => {} }),
}

export const kafkaSessionMs = 3000
export const envOfKafka = (broker: RunningBroker): Record<string, string> => ({
  KAFKA_BROKERS: broker.brokers,
  KAFKA_SESSION_TIMEOUT_MS: String(kafkaSessionMs),
})
export const realKafka: Backend = {
  name: 'Kafka',
  sessionMs: kafkaSessionMs,
  isAtomic: false,
  open: async () => {
    const broker = await startBroker()
    return { env: envOfKafka(broker), stop: broker.stop }
  },
}

export type GatewayProcess = { url: string; child: Bun.Subprocess; diedOfItself: () => boolean }
export type Postgres = {
  /** Stops it with all its processes, as a crash does. */
  kill: () => Promise<void>
  start: () => Promise<void>
  signal: (name: 'SIGSTOP' | 'SIGCONT') => void
}
export type Stand = {
  startGateway: () => Promise<GatewayProcess>
  postgres: Postgres
  /** What a command of kafka-http needs. */
  env: Record<string, string>
  stop: () => Promise<void>
}

export const password = 'prove-prove-prove-prove'
export const topic = 'traffic'
export const partitions = 6
const server = join(import.meta.dir, '../../../services/kafka-http/src/server.ts')

/** A durable Postgres and the log, with one topic and one user who may do everything. */
export const openStand = async (backend: Backend): Promise<Stand> => {
  const dir = mkdtempSync(join(tmpdir(), 'kontora-prove-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  const port = await freePort('127.0.0.1')
  const log = await backend.open()
  let running = await startPostgres({ dir, port, durable: true })
  const database = await prepareDatabase(running.url)
  const env = { DATABASE_URL: database, ...log.env }
  const credentials = [{ name: 'prove', password, all: ['*'] }]
  const firstEnv = backend.beginsInPostgres ? { DATABASE_URL: database } : env
  await runCli(
    'kafka-http',
    ['apply'],
    firstEnv,
    JSON.stringify({ topics: { [topic]: partitions, backlog: partitions }, credentials }),
  )
  const gateways: GatewayProcess[] = []
  return {
    startGateway: async () => {
      const gateway = await startGateway(env)
      gateways.push(gateway)
      return gateway
    },
    env,
    postgres: {
      kill: async () => {
        for (const pid of [running.pid, ...childrenOf(running.pid)]) kill(pid, 'SIGKILL')
        await running.exited
      },
      start: async () => {
        running = await startPostgres({ dir, port, durable: true })
      },
      signal: (name) => {
        for (const pid of [running.pid, ...childrenOf(running.pid)]) kill(pid, name)
      },
    },
    stop: async () => {
      for (const { child } of gateways) child.kill('SIGKILL')
      await stopWith(running)
      await log.stop()
    },
  }
}

const stopWith = ({ stop }: RunningPostgres): Promise<void> => stop()

const kill = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended meanwhile.
  }
}

/** Each server process of Postgres is a group of its own, so they are found by their parent. */
const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent)

const parentOf = (pid: number): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}

const prepareDatabase = async (superuserUrl: string): Promise<string> => {
  await createServiceDatabase(superuserUrl, { name: 'kafka_http', password, ownerPassword: password })
  const urlOf = (role: string) =>
    Object.assign(new URL(superuserUrl), { username: role, password, pathname: '/kafka_http' }).href
  const sql = connect(urlOf('kafka_http_owner'), { max: 1 })
  await migrate(sql, migrations)
  await sql.end()
  return urlOf('kafka_http')
}

const startGateway = async (env: Record<string, string>): Promise<GatewayProcess> => {
  const own = String(await freePort('127.0.0.1'))
  const child = Bun.spawn([...endWithParent('KILL'), process.execPath, server], {
    env: {
      PATH: process.env.PATH,
      PORT: own,
      HOST: '127.0.0.1',
      GATEWAY_URL: `http://127.0.0.1:${own}`,
      ...env,
    },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const port = await new Promise<string>((resolve, reject) => {
    const read = async () => {
      for await (const line of linesOf(child.stdout)) {
        const found = /"event":"listening","port":(\d+)/.exec(line)?.[1]
        if (found) resolve(found)
        else if (/"level":"(error|warn)"/.test(line)) console.error(line)
      }
      reject(new Error('kafka-http ended before it listened'))
    }
    read().catch(reject)
  })
  const diedOfItself = () =>
    child.exitCode !== null || (child.signalCode !== null && child.signalCode !== 'SIGKILL')
  return { url: `http://127.0.0.1:${port}`, child, diedOfItself }
}
