import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@kontora/embedded-postgres'
import { partitions } from '@kontora/events'
import { eventsMigrations } from '@kontora/events/migrations'
import { applyWishes } from '@kontora/kafka-http/apply'
import { migrations as gatewayMigrations } from '@kontora/kafka-http/migrations'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { startChild } from './child.ts'
import { ledgerTables, readerTables } from './ledger.ts'
import { password } from './password.ts'

export type Stand = {
  gateway: TestDatabase
  ledger: TestDatabase
  reader: TestDatabase
  /** What a process of this stand finds in its environment. */
  env: Record<string, string>
  close: () => Promise<void>
}

/** Of its own, so that a figure does not depend on who else uses the test cluster. */
export const ownCluster = async (durable: boolean): Promise<() => Promise<void>> => {
  const folder = mkdtempSync(join(tmpdir(), 'kontora-outbox-'))
  const postgres = await startPostgres({ dir: folder, durable })
  const named = process.env.KONTORA_TEST_CLUSTER
  process.env.KONTORA_TEST_CLUSTER = postgres.url
  return async () => {
    if (named === undefined) delete process.env.KONTORA_TEST_CLUSTER
    else process.env.KONTORA_TEST_CLUSTER = named
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const startGateway = async (url: string) => {
  const child = startChild('services/kafka-http/src/server.ts', {
    ENVIRONMENT: 'local',
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: url,
    SESSION_TIMEOUT_MS: '10000',
  })
  const { port } = await child.event('listening')
  return { child, url: `http://127.0.0.1:${Number(port)}` }
}

/**
 * The pieces of the default stack: Postgres, kafka-http on its log as a process, the databases of an emitting and of a consuming
 * service. `durable` is as the default stack, `fast` for proofs in which Postgres survives, `shared` the tests' own.
 */
export const openStand = async (cluster: 'durable' | 'fast' | 'shared'): Promise<Stand> => {
  const endCluster = cluster === 'shared' ? async () => {} : await ownCluster(cluster === 'durable')
  const [gateway, ledger, reader] = [
    await testDatabase({ name: 'kafka-http', migrations: gatewayMigrations }),
    await testDatabase({ name: 'packages-events', migrations: [eventsMigrations] }),
    await testDatabase({ name: 'packages-events', migrations: [eventsMigrations] }),
  ]
  await ledger.ownerSql.unsafe(ledgerTables)
  await reader.ownerSql.unsafe(readerTables)
  await applyWishes(gateway.sql, () => new Date(), {
    topics: { ledger: partitions, 'ledger.dlq': partitions, 'reader.dlq': partitions },
    credentials: [{ name: 'all', password, all: ['*'], produce: [], consume: [] }],
  })
  const door = await startGateway(gateway.url)
  return {
    gateway,
    ledger,
    reader,
    env: { KAFKA_URL: door.url, LEDGER_URL: ledger.url, READER_URL: reader.url, GATEWAY_URL: gateway.url },
    close: async () => {
      door.child.kill()
      await door.child.exited
      for (const database of [gateway, ledger, reader]) await database.close()
      await endCluster()
    },
  }
}
