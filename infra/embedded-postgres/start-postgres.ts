import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chooseRunner, type Runner } from './choose-runner.ts'
import { explain, explained, isPortTaken, isStillHeld } from './explain-fault.ts'
import { findBinaries } from './find-binaries.ts'
import { freePort } from './free-port.ts'
import { type Cluster, prepareCluster } from './prepare-cluster.ts'
import { type Address, isReady, type Postmaster, spawnPostmaster } from './run-postmaster.ts'
import { waitForPrevious } from './wait-for-previous.ts'

export type PostgresOptions = {
  /** Holds everything: the cluster, its password, the log. Made if it is not there. */
  dir: string
  /** Without one, a free port is found. */
  port?: number
  /** False where the machine's own fall may cost the cluster: tests. */
  durable: boolean
  host?: string
}
export type RunningPostgres = {
  pid: number
  port: number
  /** Of the superuser: a secret. */
  url: string
  stop: () => Promise<void>
  /** The exit code; null if a signal ended it. */
  exited: Promise<number | null>
}

const patienceMs = 10_000

/** A real Postgres under this process: it ends when this process does, however that ends. */
export const startPostgres = async (options: PostgresOptions): Promise<RunningPostgres> => {
  const { port, durable, host = '127.0.0.1' } = options
  const dir = resolve(options.dir)
  try {
    const runner = chooseRunner(findBinaries())
    const cluster = prepareCluster(dir, runner, durable)
    await waitForPrevious(cluster.folder, patienceMs)
    allowFrom(cluster, host)
    return await start(cluster, runner, { host, port }, durable)
  } catch (error) {
    throw explained(error, { dir, host, ...(port && { port }) })
  }
}

const start = async (
  cluster: Cluster,
  runner: Runner,
  { host, port }: { host: string; port: number | undefined },
  durable: boolean,
): Promise<RunningPostgres> => {
  const end = Date.now() + patienceMs
  for (;;) {
    const address: Address = { host, port: port ?? (await freePort(host)) }
    const postmaster = spawnPostmaster(cluster, runner, address, durable)
    if (await isReady(postmaster, cluster.folder)) return running(postmaster, cluster, address)
    const log = postmaster.readLog()
    const passes = isStillHeld(log) || (isPortTaken(log) && port === undefined)
    if (!passes || Date.now() > end) throw explain(log, { dir: cluster.dir, ...address })
    await Bun.sleep(100)
  }
}

const running = (
  { process: child }: Postmaster,
  cluster: Cluster,
  { host, port }: Address,
): RunningPostgres => {
  const exited = child.exited.then(() => child.exitCode)
  const stop = async () => {
    child.kill('SIGINT')
    const late = setTimeout(() => child.kill('SIGQUIT'), 20_000)
    await exited
    clearTimeout(late)
  }
  const door = host === '0.0.0.0' ? '127.0.0.1' : host
  const url = `postgres://postgres:${cluster.password}@${door}:${port}/postgres`
  return { pid: child.pid, port, url, stop, exited }
}

/** The password is asked for at every address that Postgres listens on, and nothing else is let in. */
const allowFrom = ({ folder }: Cluster, host: string): void => {
  const loopback = ['127.0.0.1/32', '::1/128']
  const from = /^(127\.|localhost$|::1$)/.test(host) ? loopback : ['all']
  const lines = from.map((address) => `host all all ${address} scram-sha-256\n`)
  writeFileSync(join(folder, 'pg_hba.conf'), lines.join(''))
}
