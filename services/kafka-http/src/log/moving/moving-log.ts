import type { Sql } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { ClosingLog } from '../../resources.ts'
import type { MessageLog } from '../message-log.ts'
import { LogClosed, type LogPlace, readLogPlace } from './log-place.ts'

type Options = {
  sql: Sql
  /** Made anew when the log comes back, for it ends its waits when the log leaves. */
  openPostgres: () => ClosingLog
  kafka: ClosingLog
}

const lookMs = 200
/** Longer than a move is between the two logs. */
const closedMs = 10_000

/**
 * The log in Postgres until it is moved, then the one in Kafka, without a restart: every gateway follows within a moment, and
 * what comes between the two waits.
 */
export const createMovingLog = ({
  sql,
  openPostgres,
  kafka,
}: Options): ClosingLog & { place: () => LogPlace } => {
  let place: LogPlace | undefined
  let postgres = openPostgres()
  let looking: Promise<LogPlace> | undefined

  const enter = (next: LogPlace): LogPlace => {
    // Whoever waits in Postgres is answered, and comes again.
    if (place === 'postgres' && next !== 'postgres') postgres.close()
    if (place === 'closed' && next === 'postgres') postgres = openPostgres()
    if (next === 'kafka') clearInterval(timer)
    place = next
    return next
  }
  /** All who ask at once share one question. */
  const look = (): Promise<LogPlace> => {
    looking ??= readLogPlace(sql)
      .then(enter)
      .finally(() => {
        looking = undefined
      })
    return looking
  }
  const timer = setInterval(() => void look().catch(() => {}), lookMs)

  const current = async (): Promise<MessageLog> => {
    for (let waited = 0; waited < closedMs; waited += lookMs) {
      const known = place ?? (await look())
      if (known === 'kafka') return kafka
      if (known === 'postgres') return postgres
      await new Promise((resolve) => setTimeout(resolve, lookMs))
    }
    throw new Problem('unavailable', 'The log is being moved; nothing was written', { retryAfterSeconds: 5 })
  }
  const within = async <Result>(work: (log: MessageLog) => Promise<Result>): Promise<Result> => {
    for (;;)
      try {
        return await work(await current())
      } catch (error) {
        if (!(error instanceof LogClosed)) throw error
        await look()
      }
  }

  return {
    topics: () => within((log) => log.topics()),
    append: (messages) => within((log) => log.append(messages)),
    fetch: (from, wait) => within((log) => log.fetch(from, wait)),
    offsets: (partitions, at) => within((log) => log.offsets(partitions, at)),
    consume: (call, wait) => within((log) => log.consume(call, wait)),
    commit: (member, offsets) => within((log) => log.commit(member, offsets)),
    committed: (group, partitions) => within((log) => log.committed(group, partitions)),
    consumers: () => within((log) => log.consumers()),
    removeInstance: (member) => within((log) => log.removeInstance(member)),
    growTopics: (counts) => within((log) => log.growTopics(counts)),
    groupStates: () => within((log) => log.groupStates()),
    resetGroup: (group, offsets, takeOut) => within((log) => log.resetGroup(group, offsets, takeOut)),
    living: () => within(async (log) => log.living?.()),
    queued: () => (place === 'kafka' ? kafka : postgres).queued?.() ?? 0,
    place: () => place ?? 'postgres',
    close: () => {
      clearInterval(timer)
      postgres.close()
      kafka.close()
    },
  }
}
