import { createHash } from 'node:crypto'
import type { Sql } from '@kontora/postgres'
import type { Migration } from '@kontora/postgres/migrate'
import { getConstructionPlans, getMigrationPlans } from 'pg-boss'
import { createBoss, deadLetters, schema } from './boss.ts'
import type { Job } from './jobs.ts'
import type { Queue } from './queue.ts'

/** The exact version that package.json names, and the schema that it wants. */
const library = { version: '12.38.0', schemaVersion: 46 }

const yearSeconds = 365 * 86_400
const weekSeconds = 7 * 86_400

const construct = async (sql: Sql): Promise<void> => {
  const boss = await createBoss(sql)
  if (!(await boss.isInstalled())) {
    await sql.unsafe(getConstructionPlans(schema))
    return
  }
  const version = (await boss.schemaVersion()) ?? 0
  if (version < library.schemaVersion) await sql.unsafe(getMigrationPlans(schema, version))
}

/** By convention the role that runs is the owner's without `_owner`. */
const grant = async (sql: Sql): Promise<void> => {
  const [owner] = await sql<{ name: string }[]>`select current_user as name`
  const role = `"${owner?.name.replace(/_owner$/, '')}"`
  await sql.unsafe(`
    grant usage on schema ${schema} to ${role};
    grant select, insert, update, delete on all tables in schema ${schema} to ${role};
    alter default privileges in schema ${schema} grant select, insert, update, delete on tables to ${role};`)
}

const optionsOf = ({ retry }: Queue) => ({
  retryLimit: retry.times,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 3600,
  // What is queued waits for whoever takes it, however long; what is done goes after a week.
  retentionSeconds: 10 * yearSeconds,
  deleteAfterSeconds: weekSeconds,
  deadLetter: deadLetters,
})

const makeQueues = async (sql: Sql, queues: Queue[]): Promise<void> => {
  const boss = await createBoss(sql)
  await boss.createQueue(deadLetters, { retentionSeconds: 10 * yearSeconds })
  for (const queue of queues) {
    await boss.createQueue(queue.name, {
      ...optionsOf(queue),
      policy: queue.oncePerKey ? 'short' : 'standard',
    })
    await boss.updateQueue(queue.name, optionsOf(queue))
  }
}

const namesOf = (queues: Queue[]): string => {
  const wished = queues.map(({ name, oncePerKey, retry }) => [name, oncePerKey, retry.times])
  return createHash('sha256').update(JSON.stringify(wished)).digest('hex').slice(0, 12)
}

/** The tables of pg-boss, which makes them itself, and the queues of these jobs; other queues are another step. */
export const jobsMigrations = (jobs: Job<never>[]): Migration[] => {
  const queues = jobs.flatMap(({ queue }) => queue ?? [])
  return [
    new URL('./migrations/', import.meta.url),
    {
      source: 'jobs',
      name: `pg-boss ${library.version}, queues ${namesOf(queues)}`,
      apply: async (sql) => {
        await construct(sql)
        await grant(sql)
        await makeQueues(sql, queues)
      },
    },
  ]
}
