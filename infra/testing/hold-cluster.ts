import { Database } from 'bun:sqlite'
import { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RunningPostgres, startPostgres } from '@kontora/embedded-postgres'
import { connect, type Pool } from '@kontora/postgres'
import { addressFile, clusterPlace, holderLog } from './cluster-place.ts'

// The process that keeps a checkout's test cluster: detached from the test that started it, it ends when nobody needs it.

const idleMs = 60_000

const hold = async (): Promise<void> => {
  const lock = takeLock()
  if (!lock) return
  truncateSync(holderLog)
  rmSync(addressFile, { force: true })
  rmSync(join(clusterPlace, 'postgres'), { recursive: true, force: true })
  const postgres = await startPostgres({ dir: join(clusterPlace, 'postgres'), durable: false })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => postgres.stop())
  announce(postgres)
  await Promise.race([untilIdle(postgres), postgres.exited])
  rmSync(addressFile, { force: true })
  await postgres.stop()
  rmSync(join(clusterPlace, 'postgres'), { recursive: true, force: true })
  lock.close()
}

/** The kernel's lock on a file, by way of SQLite: it goes with the process, however that ends. */
const takeLock = (): Database | undefined => {
  const lock = new Database(join(clusterPlace, 'lock'))
  try {
    lock.run('begin exclusive')
    return lock
  } catch {
    lock.close()
    return undefined
  }
}

const announce = ({ url, pid }: RunningPostgres): void => {
  writeFileSync(`${addressFile}.new`, JSON.stringify({ url, pid }), { mode: 0o600 })
  renameSync(`${addressFile}.new`, addressFile)
}

const untilIdle = async (postgres: RunningPostgres): Promise<void> => {
  const sql = connect(postgres.url, { max: 1, name: 'kontora test cluster' })
  let lastSeen = Date.now()
  for (;;) {
    await Bun.sleep(2_000)
    if (await hasClients(sql)) lastSeen = Date.now()
    if (Date.now() - lastSeen < idleMs) continue
    // Who read the address a moment ago is on the way: nobody new may come, and then one more look.
    rmSync(addressFile, { force: true })
    await Bun.sleep(1_000)
    if (!(await hasClients(sql))) return void (await sql.end({ timeout: 1 }))
    announce(postgres)
  }
}

const hasClients = async (sql: Pool): Promise<boolean> => {
  const clients = await sql`
    select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`
  return clients.length > 0
}

await hold().then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
