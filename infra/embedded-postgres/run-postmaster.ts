import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import type { Runner } from './choose-runner.ts'
import { type Cluster, folderFor } from './prepare-cluster.ts'
import { endWithParent } from './run-command.ts'
import { readPidFile } from './wait-for-previous.ts'

export type Address = { host: string; port: number }
export type Postmaster = { process: Bun.Subprocess; readLog: () => string }

/** The log never repeats a statement or a row: those hold names and addresses. */
const quietLog = {
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  logging_collector: 'off',
}
const size = { max_connections: '300', shared_buffers: '64MB', max_prepared_transactions: '0' }
const careless = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }
const careful = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' }

export const spawnPostmaster = (
  cluster: Cluster,
  runner: Runner,
  { host, port }: Address,
  durable: boolean,
): Postmaster => {
  // The signal of the parent's death comes when the thread that started the child ends, and a Worker ends early.
  if (!isMainThread) throw new Error('Postgres is started from the main thread only.')
  const settings = Object.entries({ ...quietLog, ...size, ...(durable ? careful : careless) })
  const command = [
    ...[...runner.prefix, ...endWithParent('INT'), `${runner.binaries}/bin/postgres`],
    ...['-D', folderFor(runner, cluster.folder), '-h', host, '-p', String(port), '-k', ''],
    ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const file = join(cluster.dir, 'postgres.log')
  const log = openSync(file, 'w', 0o600)
  try {
    const child = Bun.spawn(command, {
      cwd: cluster.folder,
      env: cluster.env,
      stdin: 'ignore',
      stdout: log,
      stderr: log,
      // A session of its own: Ctrl-C is for the starter, which stops Postgres last.
      detached: true,
    })
    return { process: child, readLog: () => readFileSync(file, 'utf8') }
  } finally {
    closeSync(log)
  }
}

/** False: it ended before it was ready. */
export const isReady = async ({ process: child }: Postmaster, folder: string): Promise<boolean> => {
  while (child.exitCode === null && child.signalCode === null) {
    const found = readPidFile(folder)
    if (found?.pid === child.pid && found.state === 'ready') return true
    await Bun.sleep(5)
  }
  return false
}
