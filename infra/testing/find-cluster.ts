import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type Pool } from '@kontora/postgres'
import { clusterPlace, holderLog, readAddress } from './cluster-place.ts'

/** `admin` stays connected for as long as the test needs the cluster: without a client, the cluster ends. */
export type Cluster = { admin: Pool; superuserUrl: string }

const patienceMs = 60_000

/** The cluster that `KONTORA_TEST_CLUSTER` names, else the one that this checkout runs, else a new one. */
export const connectCluster = async (): Promise<Cluster> => {
  const named = process.env.KONTORA_TEST_CLUSTER
  if (named) return { admin: await open(named), superuserUrl: named }
  const running = await connectRunning()
  if (running) return running

  let holder = spawnHolder()
  const end = Date.now() + patienceMs
  while (Date.now() < end) {
    await Bun.sleep(50)
    const started = await connectRunning()
    if (started) return started
    if (holder.exitCode === 1) throw new Error(`The test cluster did not start.\n${lastWords()}`)
    // Zero: another holder was there first. Should it be one that just goes, the next of ours takes its place.
    if (holder.exitCode === 0) holder = await Bun.sleep(500).then(spawnHolder)
  }
  throw new Error(`The test cluster did not start within ${patienceMs / 1000} s.\n${lastWords()}`)
}

const open = async (url: string): Promise<Pool> => {
  const admin = connect(url, { max: 3, connectTimeoutSeconds: 5, name: 'kontora test' })
  try {
    await admin`select 1`
    return admin
  } catch (error) {
    await admin.end({ timeout: 1 })
    throw error
  }
}

const connectRunning = async (): Promise<Cluster | undefined> => {
  const superuserUrl = readAddress()
  if (!superuserUrl) return undefined
  const admin = await open(superuserUrl).catch(() => undefined)
  return admin && { admin, superuserUrl }
}

/** It outlives this test run, so that the next one finds the templates made. */
const spawnHolder = (): Bun.Subprocess => {
  mkdirSync(clusterPlace, { recursive: true, mode: 0o700 })
  const log = openSync(holderLog, 'a', 0o600)
  const holder = Bun.spawn([process.execPath, join(import.meta.dir, 'hold-cluster.ts')], {
    cwd: '/',
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdin: 'ignore',
    stdout: log,
    stderr: log,
    detached: true,
  })
  closeSync(log)
  holder.unref()
  return holder
}

const lastWords = (): string => readFileSync(holderLog, 'utf8').split('\n').slice(-12).join('\n')
