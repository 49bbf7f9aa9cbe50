import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fetchJars } from './fetch-jars.ts'
import { freePorts } from './free-ports.ts'
import { type Addresses, addressesFrom, type Sasl } from './listeners.ts'
import { missingJava, prepareBroker } from './prepare-broker.ts'
import { type BrokerProcess, isPortTaken, isReady, lastWords, spawnBroker } from './run-broker.ts'

export type BrokerOptions = {
  /** Holds everything, and stays. Without one there is a temporary folder, which goes when this process does. */
  dir?: string
  /** The first of five; without one, free ones are found. */
  port?: number
  /** Lines of server.properties over those for tests. */
  properties?: Record<string, string>
  sasl?: Sasl
  tls?: boolean
}

export type RunningBroker = Addresses & {
  /** Without TLS and without signing in. */
  brokers: string
  /** Of the authority that signed the broker's certificate. */
  ca: string | undefined
  pid: () => number
  /** Ends it in order. */
  stop: () => Promise<void>
  /** kill -9 */
  kill: () => Promise<void>
  /** After `kill` or `stop`, on the same data and ports. */
  restart: () => Promise<void>
  /** SIGSTOP: connections stay open, and nobody answers. */
  pause: () => void
  resume: () => void
  log: (lines?: number) => string
}

/** A real Kafka of one node under this process: it ends when this process does, however that ends. */
export const startBroker = async (options: BrokerOptions = {}): Promise<RunningBroker> => {
  if (!Bun.which('java')) throw new Error(missingJava)
  const lib = await fetchJars()
  const dir = resolve(options.dir ?? mkdtempSync(join(tmpdir(), 'kontora-kafka-')))
  for (let tries = 1; ; tries++) {
    const port = options.port ?? (await freePorts())
    const { properties = {}, sasl, tls = false } = options
    const { ca } = await prepareBroker({ dir, lib, port, properties, sasl, tls })
    const broker = spawnBroker(dir, lib)
    if (await isReady(broker))
      return running(broker, { dir, lib, port, ca, isKept: options.dir !== undefined })
    const why = lastWords(broker)
    if (options.port === undefined && isPortTaken(why) && tries < 5) continue
    throw new Error(`Kafka did not start in ${dir}.\n${why}`)
  }
}

type Place = { dir: string; lib: string; port: number; ca: string | undefined; isKept: boolean }

const running = (first: BrokerProcess, { dir, lib, port, ca, isKept }: Place): RunningBroker => {
  let broker = first
  process.once('exit', () => {
    broker.process.kill('SIGKILL')
    if (!isKept) rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  })
  const addresses = addressesFrom(port)
  const endBy = async (signal: 'SIGTERM' | 'SIGKILL') => {
    broker.process.kill(signal)
    // Who was stopped hears of nothing but this.
    broker.process.kill('SIGCONT')
    const late = setTimeout(() => broker.process.kill('SIGKILL'), 20_000)
    await broker.process.exited
    clearTimeout(late)
  }
  const restart = async () => {
    if (broker.process.exitCode === null && broker.process.signalCode === null)
      throw new Error('Kafka still runs: stop or kill it before.')
    broker = spawnBroker(dir, lib)
    if (!(await isReady(broker)))
      throw new Error(`Kafka did not start again in ${dir}.\n${lastWords(broker)}`)
  }
  return {
    ...addresses,
    brokers: addresses.plain,
    ca,
    pid: () => broker.process.pid,
    stop: () => endBy('SIGTERM'),
    kill: () => endBy('SIGKILL'),
    restart,
    pause: () => broker.process.kill('SIGSTOP'),
    resume: () => broker.process.kill('SIGCONT'),
    log: (lines) => lastWords(broker, lines),
  }
}
