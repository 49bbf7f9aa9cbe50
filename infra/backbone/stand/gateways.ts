import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endWithParent, freePort, type RunningPostgres, startPostgres } from '@kontora/embedded-postgres'
import { prepareDatabase } from './prepare-database.ts'

const server = join(import.meta.dir, '../../../services/kafka-http/src/server.ts')
const user = 'proof'
const password = 'proof-proof-proof-proof'

export type GatewayProcess = {
  url: string
  pid: () => number
  isAlive: () => boolean
  /** kill -9 */
  kill: () => Promise<void>
  restart: () => Promise<void>
  /** What it wrote into its log above information. */
  complaints: () => string[]
}
export type GatewayStand = {
  gateways: GatewayProcess[]
  postgres: RunningPostgres
  database: string
  authorization: string
  stop: () => Promise<void>
}
type Options = {
  count: number
  env?: Record<string, string>
  topics: Record<string, number>
  durable?: boolean
}

const startProcess = async (database: string, env: Record<string, string>): Promise<GatewayProcess> => {
  const port = await freePort('127.0.0.1')
  const url = `http://127.0.0.1:${port}`
  const complaints: string[] = []
  const spawn = () => {
    const child = Bun.spawn([...endWithParent('KILL'), process.execPath, server], {
      env: {
        PATH: process.env.PATH,
        PORT: String(port),
        HOST: '127.0.0.1',
        DATABASE_URL: database,
        GATEWAY_URL: url,
        ...env,
      },
      stdout: 'pipe',
      stderr: 'inherit',
    })
    void keepComplaints(child.stdout, complaints)
    return child
  }
  let child = spawn()
  await untilReady(url)
  return {
    url,
    pid: () => child.pid,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    kill: async () => {
      child.kill('SIGKILL')
      await child.exited
    },
    restart: async () => {
      child = spawn()
      await untilReady(url)
    },
    complaints: () => complaints,
  }
}

const keepComplaints = async (stream: ReadableStream<Uint8Array>, complaints: string[]): Promise<void> => {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    complaints.push(
      ...lines.filter((line) => !line.includes('"level":"info"')).slice(0, 1000 - complaints.length),
    )
  }
}

const untilReady = async (url: string): Promise<void> => {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`${url}/health/live`).catch(() => undefined)
    if (answer?.ok) return
    await Bun.sleep(50)
  }
  throw new Error('A gateway did not start')
}

/** Gateways as processes of their own, in front of one database; with KAFKA_BROKERS in `env`, in front of a Kafka. */
export const startGateways = async ({
  count,
  env = {},
  topics,
  durable = true,
}: Options): Promise<GatewayStand> => {
  const dir = mkdtempSync(join(tmpdir(), 'kontora-proof-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  const postgres = await startPostgres({ dir, durable })
  const database = await prepareDatabase(postgres.url, { user, password, topics, env })
  const gateways = await Promise.all(Array.from({ length: count }, () => startProcess(database, env)))
  return {
    gateways,
    postgres,
    database,
    authorization: `Basic ${btoa(`${user}:${password}`)}`,
    stop: async () => {
      await Promise.all(gateways.map((gateway) => gateway.isAlive() && gateway.kill()))
      await postgres.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
