import postgres, { type Sql as Pool, type TransactionSql as Transaction } from 'postgres'

export type { Pool, Transaction }

/** What a query needs: the pool, or the transaction that is already open. */
export type Sql = Pool | Transaction

/** `bigint` holds kopecks and sequence numbers. One that a JS number cannot hold is a fault, never a rounded sum. */
const safeInteger = (text: string): number => {
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new RangeError('A bigint above 2^53 - 1')
  return number
}
const bigintAsNumber = { to: 20, from: [20], parse: safeInteger, serialize: String }

/** Connections are opened at the first query. `max` is per process; seconds in both time-outs. */
export type ConnectOptions = { max?: number; name?: string; connectTimeoutSeconds?: number }

/** `snake_case` columns meet `camelCase` fields here. Keys inside jsonb stay as they were written. */
export const connect = (
  url: string,
  { max = 10, name, connectTimeoutSeconds = 5 }: ConnectOptions = {},
): Pool =>
  postgres(url, {
    max,
    connect_timeout: connectTimeoutSeconds,
    idle_timeout: 60,
    // Seconds. The library's own grows to 20, and so outlasts most outages.
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 0.5),
    fetch_types: false,
    onnotice: () => {},
    // A fixed list: without `fetch_types` an array of ids travels as its element type says.
    connection: { application_name: name ?? 'kontora', TimeZone: 'UTC' },
    transform: { column: postgres.camel.column },
    types: { bigintAsNumber },
  }) as unknown as Pool
