import type { Sql } from '@kontora/postgres'
import type { Message, TopicPartitionOffset, Wait } from '../message-log.ts'
import { read } from './read.ts'
import type { Watch } from './watch.ts'

/** Reads again whenever something was written; holds no connection while it waits. */
export const fetchMessages = async (
  sql: Sql,
  watch: Watch,
  now: () => Date,
  from: TopicPartitionOffset[],
  { timeoutMs, signal }: Wait,
): Promise<Message[]> => {
  const end = now().getTime() + timeoutMs
  const listener = watch.listen(from.map(({ topic }) => topic))
  try {
    for (;;) {
      const messages = await read(sql, from)
      const leftMs = end - now().getTime()
      if (messages.length > 0 || leftMs <= 0 || signal.aborted || watch.closed()) return messages
      await listener.sleep(leftMs, signal)
    }
  } finally {
    listener.end()
  }
}
