import type { Sql } from '@kontora/postgres'
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

  const current = async (open: LogPlace[]): Promise<MessageLog> => {
    for (let waited = 0; waited < closedMs; waited += lookMs) {
      const known = place ?? (await look())
      if (known === 'kafka') return kafka
      if (open.includes(known)) return postgres
      await new Promise((resolve) => setTimeout(resolve, lookMs))
    }
    throw new LogClosed()
  }
  const within = async <Result>(
    work: (log: MessageLog) => Promise<Result>,
    open: LogPlace[] = ['postgres'],
  ): Promise<Result> => {
    for (;;) {
      const log = await current(open)
      try {
        return await work(log)
      } catch (error) {
        if (!(error instanceof LogClosed)) throw error
        await look()
      }
    }
  }
  /** What was answered before is still committed in Postgres while the rest is copied, and whatever that needs to know. */
  const tillTheEnd: LogPlace[] = ['postgres', 'closed']

  return {
    topics: () => within((log) => log.topics(), tillTheEnd),
    append: (messages) => within((log) => log.append(messages)),
    fetch: (from, wait) => within((log) => log.fetch(from, wait)),
    offsets: (partitions, at) => within((log) => log.offsets(partitions, at)),
    consume: (call, wait) => within((log) => log.consume(call, wait)),
    commit: (member, offsets) => within((log) => log.commit(member, offsets), tillTheEnd),
    committed: (group, partitions) => within((log) => log.committed(group, partitions)),
    consumers: () => within((log) => log.consumers()),
    removeInstance: (member) => within((log) => log.removeInstance(member)),
    growTopics: (counts) => within((log) => log.growTopics(counts)),
    groupStates: () => within((log) => log.groupStates()),
    resetGroup: (group, offsets, takeOut) => within((log) => log.resetGroup(group, offsets, takeOut)),
    living: () => within(async (log) => log.living?.(), tillTheEnd),
    queued: () => (place === 'kafka' ? kafka : postgres).queued?.() ?? 0,
    place: () => place ?? 'postgres',
    close: () => {
      clearInterval(timer)
      postgres.close()
      kafka.close()
    },
  }
}
