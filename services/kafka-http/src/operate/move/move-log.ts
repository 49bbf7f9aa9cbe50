import type { Pool } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { MessageLog, TopicPartition, TopicPartitionOffset } from '../../log/message-log.ts'
import { areAnswersCommitted, closeLog } from './close-log.ts'
import { copyMessages } from './copy-messages.ts'
import { moveAlone } from './move-alone.ts'
import { refuseForeign } from './refuse-foreign.ts'
import { switchLog } from './switch-log.ts'

/** Behind any of these a move may end, however it ends: it is run again, or undone. */
export type MoveStep = 'topics-made' | 'some-copied' | 'closed' | 'copied' | 'offsets-copied' | 'switched'

export type MoveOptions = {
  sql: Pool
  now: () => Date
  kafka: Pick<MessageLog, 'topics' | 'growTopics' | 'append' | 'fetch' | 'offsets' | 'resetGroup'> & {
    deleteBefore: (offsets: TopicPartitionOffset[]) => Promise<void>
  }
  say: (line: string) => void
  /** Hears of each step when it is done. */
  reached: (step: MoveStep) => void | Promise<void>
}
export type Span = TopicPartition & { first: number; next: number }

/** So little is left when the log is closed that whoever writes waits for a moment only. */
const littleLeft = 2000

/**
 * Moves the log from Postgres to Kafka while it is written to and read: copies, closes Postgres' log when little is left, copies
 * the rest and the groups' offsets, and opens Kafka's. Offsets stay what they were. Cut short, it goes on where it was.
 */
export const moveLog = (options: MoveOptions): Promise<number> =>
  moveAlone(options.sql, async () => {
    const { sql, say, reached } = options
    const [moved] = await sql`select moved_at from log_moves`
    if (moved) throw new Problem('conflict', 'The log has moved already')
    await refuseForeign(options, await readSpans(sql))
    await makeTopics(options)
    await reached('topics-made')
    let total = 0
    for (let left = Number.POSITIVE_INFINITY; left > littleLeft; ) {
      left = await copyRound(options)
      total += left
      say(`${total} messages copied`)
    }
    say('closing the log in Postgres')
    await closeLog(sql)
    await reached('closed')
    const [rest] = await Promise.all([copyRound(options), areAnswersCommitted(options)])
    total += rest
    await reached('copied')
    await switchLog(options, await readSpans(sql))
    await reached('switched')
    say(`the log is in Kafka: ${total} messages copied in this run`)
    return total
  })

const readSpans = (sql: Pool): Promise<Span[]> => sql<Span[]>`
  select topic, partition, first_offset as first, next_offset as next from partitions order by topic, partition`

/** A topic may have grown since the last look. */
const makeTopics = async ({ sql, kafka }: MoveOptions): Promise<Span[]> => {
  const spans = await readSpans(sql)
  const counts = [...Map.groupBy(spans, ({ topic }) => topic)].map(([topic, { length }]) => [topic, length])
  await kafka.growTopics(new Map(counts as [string, number][]))
  return spans
}

const copyRound = async (options: MoveOptions): Promise<number> =>
  copyMessages(options, await makeTopics(options))
