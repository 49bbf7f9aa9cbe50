import type { Sql } from '@kontora/postgres'
import * as v from 'valibot'

/** A fault of the outside that makes the service slower or poorer, but not unready (Kafka, S3, a partner). */
export type DegradedCheck = { name: string; isWell: () => boolean | Promise<boolean> }

/** What a running process knows of itself. `draining` is set by `serve`; `migrationsCurrent` by the door that can read files. */
export type Health = {
  draining: boolean
  migrationsCurrent: () => boolean | Promise<boolean>
  checks: DegradedCheck[]
}

export const createHealth = (checks: DegradedCheck[] = []): Health => ({
  draining: false,
  migrationsCurrent: () => true,
  checks,
})

export const HealthAnswer = v.object({
  status: v.picklist(['up', 'degraded', 'down']),
  degraded: v.array(v.string()),
})

const faultsOf = async (checks: DegradedCheck[]): Promise<string[]> => {
  const results = await Promise.allSettled(checks.map(async ({ isWell }) => isWell()))
  return checks
    .filter((_, i) => results[i]?.status !== 'fulfilled' || !results[i].value)
    .map(({ name }) => name)
}

const databaseAnswers = async (sql: Sql): Promise<boolean> => {
  try {
    await sql`select 1`
    return true
  } catch {
    return false
  }
}

const isCurrent = async ({ migrationsCurrent }: Health): Promise<boolean> => {
  try {
    return await migrationsCurrent()
  } catch {
    return false
  }
}

/** Ready: our own Postgres answers, its migrations are current, and we are not going down. */
export const readiness = async ({ sql, health }: { sql: Sql; health: Health }) => {
  if (health.draining) return { status: 'down' as const, degraded: ['draining'] }
  if (!(await databaseAnswers(sql))) return { status: 'down' as const, degraded: ['postgres'] }
  if (!(await isCurrent(health))) return { status: 'down' as const, degraded: ['migrations'] }
  const degraded = await faultsOf(health.checks)
  return { status: degraded.length > 0 ? ('degraded' as const) : ('up' as const), degraded }
}
