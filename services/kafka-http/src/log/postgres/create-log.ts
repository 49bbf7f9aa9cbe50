import type { Sql } from '@kontora/postgres'
import type { Chance } from '@kontora/service'
import type { MessageLog } from '../message-log.ts'
import { append } from './append.ts'
import { fetchMessages } from './fetch.ts'
import { commitOffsets, commitPosition, readCommitted } from './groups/commit.ts'
import { consume } from './groups/consume.ts'
import { readConsumers, removeInstance } from './groups/members.ts'
import { readOffsets, readTopics } from './offsets.ts'
import { createWatch } from './watch.ts'

/** The log in Postgres. `close` ends every waiting call. */
export const createPostgresLog = (sql: Sql, chance: Chance): MessageLog & { close: () => void } => {
  const { now } = chance
  const watch = createWatch(sql, now)
  return {
    topics: () => readTopics(sql),
    append: async (messages) => {
      const stored = await append(sql, now(), messages)
      watch.topicsChanged(new Set(messages.map(({ topic }) => topic)))
      return stored
    },
    fetch: (from, wait) => fetchMessages(sql, watch, now, from, wait),
    offsets: (partitions, at) => readOffsets(sql, partitions, at),
    consume: (call, wait) => consume({ sql, watch, ...chance }, call, wait),
    commit: async (member, offsets) => {
      if (offsets.length === 0) return commitPosition(sql, member, now())
      await commitOffsets(sql, member, offsets, now())
      return true
    },
    committed: (group, partitions) => readCommitted(sql, group, partitions),
    consumers: () => readConsumers(sql, now()),
    removeInstance: async (member) => {
      const removed = await removeInstance(sql, member, now())
      watch.groupChanged(member.group)
      return removed
    },
    close: watch.close,
  }
}
