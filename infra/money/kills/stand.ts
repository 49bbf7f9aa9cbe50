import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestAccess } from '@kontora/access/testing'
import { partitions } from '@kontora/events'
import { jobsMigrations } from '@kontora/jobs/migrations'
import { applyWishes } from '@kontora/kafka-http/apply'
import { migrations as gatewayMigrations } from '@kontora/kafka-http/migrations'
import { realChance } from '@kontora/service'
import {
  freePort,
  simulatedSeller,
  simulatedSellerId,
  type TestDatabase,
  testDatabase,
} from '@kontora/testing'
import { putLegalEntity } from '../../../services/payment/src/legal-entities/put-legal-entity.ts'
import { migrations } from '../../../services/payment/src/migrations.node.ts'
import { ownCluster } from '../../backbone/outbox/stand.ts'
import { words } from '../payment-settings.ts'
import { type Addresses, commandsOf, type Role, roles, urlOf } from './commands.ts'
import { countingJobs, countingTables } from './counting.ts'
import { startNeighbours } from './neighbours.ts'
import { startProcesses } from './processes.ts'

const openDatabases = async () => ({
  payment: await testDatabase({ name: 'payment', migrations }),
  gateway: await testDatabase({ name: 'kafka-http', migrations: gatewayMigrations }),
  counting: await testDatabase({ name: 'jobs', migrations: jobsMigrations(countingJobs) }),
})
type Databases = Record<'payment' | 'gateway' | 'counting', TestDatabase>

const fill = async ({ payment, gateway, counting }: Databases): Promise<void> => {
  await counting.ownerSql.unsafe(countingTables)
  await applyWishes(gateway.sql, () => new Date(), {
    topics: Object.fromEntries(
      ['auth', 'client', 'notification', 'payment', 'payment.dlq'].map((topic) => [topic, partitions]),
    ),
    credentials: [{ name: 'all', password: words.kafka, all: ['*'], produce: [], consume: [] }],
  })
  const seller = { legalEntityId: simulatedSellerId, entity: simulatedSeller }
  await putLegalEntity({ ...realChance(), sql: payment.sql }, { id: 'test' }, seller)
}

const operatorId = crypto.randomUUID()

/** The read model of access is kept by hand: that `auth` and `client` are alive, and one operator. */
const openAccess = async ({ payment }: Databases) => {
  const access = await createTestAccess({ sql: payment.sql, now: () => new Date(), service: 'payment' })
  await access.allow(operatorId, ['invoice:*', 'payment:*', 'ledger:read', 'export:*'])
  const timer = setInterval(() => void access.beat().catch(() => {}), 1000)
  return { ...access, stop: () => clearInterval(timer) }
}

const choosePorts = async (): Promise<Record<Role, number>> =>
  Object.fromEntries(
    await Promise.all(roles.map(async (role) => [role, await freePort('127.0.0.1')])),
  ) as Record<Role, number>

/** Short pauses, so that a callback that met a dead replica comes again within the run. */
const settleBank = (addresses: Addresses) =>
  fetch(`${urlOf(addresses, 'vtb')}/_sim/settings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ callbackRetryMs: 1500 }),
  })

/** `durable`: a Postgres of its own that syncs each commit, as in production; otherwise the tests' own. */
export const openStand = async (seed: number, durable: boolean, wanted: readonly Role[] = roles) => {
  const endCluster = durable ? await ownCluster(true) : async () => {}
  const folder = mkdtempSync(join(tmpdir(), 'kontora-kills-'))
  const databases = await openDatabases()
  await fill(databases)
  const access = await openAccess(databases)
  const ports = await choosePorts()
  const neighbours = startNeighbours({
    jwk: access.jwk,
    machineToken: () => access.machineToken('payment'),
    replicas: [ports['payment-0'], ports['payment-1']].map((port) => `http://127.0.0.1:${port}`),
  })
  const { payment, gateway, counting } = databases
  const urls = { payment: payment.url, gateway: gateway.url, counting: counting.url }
  const addresses: Addresses = { folder, ports, databases: urls, neighbours: neighbours.url, seed }
  const processes = startProcesses(addresses, await commandsOf(addresses), wanted)
  const close = async (): Promise<void> => {
    await processes.stop()
    access.stop()
    await neighbours.stop()
    for (const database of Object.values(databases)) await database.close()
    await endCluster()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await processes.untilAllReady()
    await settleBank(addresses)
  } catch (error) {
    await close()
    throw error
  }
  return {
    ...databases,
    processes,
    at: (role: Role) => urlOf(addresses, role),
    operatorToken: () => access.tokenFor(operatorId),
    tokenFor: (userId: string) => access.tokenFor(userId),
    close,
  }
}
export type Stand = Awaited<ReturnType<typeof openStand>>
