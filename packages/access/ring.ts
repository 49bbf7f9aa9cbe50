import { afterCommit, poolOf, ring, type Sql } from '@kontora/postgres'

export const channel = 'access'

/** Tells every replica of the service to look. */
export const ringAfterCommit = (sql: Sql): void =>
  'savepoint' in sql ? afterCommit(sql, () => void ring(poolOf(sql), channel)) : undefined
