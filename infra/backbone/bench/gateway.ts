import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endWithParent, startPostgres } from '@kontora/embedded-postgres'
import { applyWishes } from '@kontora/kafka-http/apply'
import { migrations } from '@kontora/kafka-http/migrations'
import { connect } from '@kontora/postgres'
import { createServiceDatabase, migrate } from '@kontora/postgres/migrate'
import { linesOf } from './lines.ts'

export type Gateway = {
  /** With the name and the password of someone who may do everything. */
  url: URL
  pid: number
  /** Its database, as its running role. */
  database: string
  stop: () => Promise<void>
}
export type GatewayOptions = {
  /** Settings of the log: of a Kafka, or none for the one in Postgres. */
  env?: Record<string, string>
  /** Topics of the log in Postgres. */
  topics?: Record<string, number>
}

const password = 'bench-bench-bench-bench'
const server = join(import.meta.dir, '../../../services/kafka-http/src/server.ts')

/** kafka-http as a process of its own, with a Postgres of its own. */
export const startGateway = async ({ env = {}, topics = {} }: GatewayOptions): Promise<Gateway> => {
  const dir = mkdtempSync(join(tmpdir(), 'kontora-bench-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  const postgres = await startPostgres({ dir, durable: true })
  const database = await prepareDatabase(postgres.url, topics)
  const flags = process.env.KONTORA_BENCH_BUN?.split(' ') ?? []
  const child = Bun.spawn([...endWithParent('KILL'), process.execPath, ...flags, server], {
    env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', DATABASE_URL: database, ...env },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const port = await portOf(child.stdout)
  const stop = async () => {
    child.kill('SIGTERM')
    await Promise.race([child.exited, Bun.sleep(5000)])
    child.kill('SIGKILL')
    await postgres.stop()
  }
  return { url: new URL(`http://bench:${password}@127.0.0.1:${port}`), pid: child.pid, database, stop }
}

const prepareDatabase = async (superuserUrl: string, topics: Record<string, number>): Promise<string> => {
  await createServiceDatabase(superuserUrl, { name: 'kafka_http', password, ownerPassword: password })
  const urlOf = (role: string) => {
    const url = new URL(superuserUrl)
    return Object.assign(url, { username: role, password, pathname: '/kafka_http' }).href
  }
  const sql = connect(urlOf('kafka_http_owner'), { max: 2 })
  await migrate(sql, migrations)
  const everything = { name: 'bench', password, all: ['*'], produce: [], consume: [] }
  await applyWishes(sql, () => new Date(), { topics, credentials: [everything] })
  await sql.end()
  return urlOf('kafka_http')
}

/** Reads on after it, or a full pipe would hold the gateway up. */
const portOf = (stdout: ReadableStream<Uint8Array>): Promise<number> =>
  new Promise((resolve, reject) => {
    const read = async () => {
      for await (const line of linesOf(stdout)) {
        const port = /"event":"listening","port":(\d+)/.exec(line)?.[1]
        if (port) resolve(Number(port))
        else if (/"level":"(warn|error)"/.test(line)) console.error(line)
      }
      reject(new Error('kafka-http ended before it listened'))
    }
    read().catch(reject)
  })
