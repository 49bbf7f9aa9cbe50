import { createConsumer, type Handler, openKafka } from '@kontora/events'
import { connect, type Pool, type Sql } from '@kontora/postgres'
import { createLog, type Log, realChance } from '@kontora/service'
import { password } from './password.ts'

const { env } = process

export type Consuming = { sql: Sql; log: Log; now: () => Date; newId: () => string }

/** What a process of the consuming service runs. */
export const openConsuming = (handlers: Handler<Consuming>[], slot = 0) => {
  const sql: Pool = connect(env.READER_URL ?? '', { name: 'reader' })
  const log = createLog(
    'reader',
    () => new Date(),
    (line) => console.error(line),
  )
  const resources = { ...realChance(), sql, log }
  const consumer = createConsumer<Consuming>({
    service: 'reader',
    group: 'reader',
    instance: `reader-${slot}`,
    topics: ['ledger'],
    kafka: openKafka({ url: env.KAFKA_URL ?? '', username: 'all', password }),
    resources,
    handlers,
  })
  return { sql, resources, consumer }
}
