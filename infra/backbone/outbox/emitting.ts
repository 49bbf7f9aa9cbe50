import { openKafka } from '@kontora/events'
import { connect } from '@kontora/postgres'
import { createLog, realChance } from '@kontora/service'
import { password } from './password.ts'

const { env } = process

/** What a process of the emitting service opens, for a relay. */
export const openEmitting = (holder = 'ledger-0') => ({
  ...realChance(),
  service: 'ledger',
  holder,
  sql: connect(env.LEDGER_URL ?? '', { name: holder }),
  kafka: openKafka({ url: env.KAFKA_URL ?? '', username: 'all', password }),
  log: createLog(
    'ledger',
    () => new Date(),
    (line) => console.error(line),
  ),
})
