import type { Sql } from '@kontora/postgres'
import type { Chance } from '@kontora/service'
import { patienceMs, within } from '../../within.ts'
import type { MessageLog } from '../message-log.ts'
import { createSuccession } from '../succession.ts'
import { append } from './append.ts'
import { createBatches } from './batch.ts'
import { fetchMessages } from './fetch.ts'
import { commitOffsets, commitPosition, readCommitted } from './groups/commit.ts'
import { consume } from './groups/consume.ts'
import { createDeliveries } from './groups/deliveries.ts'
import { readConsumers, removeInstance } from './groups/members.ts'
import { resetGroup } from './groups/reset.ts'
import { readGroupStates } from './groups/states.ts'
import { growTopics } from './grow-topics.ts'
import { readOffsets, readTopics } from './offsets.ts'
import { createWatch } from './watch.ts'

/** The log in Postgres. `close` ends every waiting call. */
export const createPostgresLog = (
  sql: Sql,
  chance: Chance,
): MessageLog & { close: () => void; queued: () => number } => {
  const { now } = chance
  const watch = createWatch(sql, now)
  const groups = { sql, watch, succession: createSuccession(), deliveries: createDeliveries(sql), ...chance }
  const { write, queued } = createBatches(async (messages) => {
    const stored = await append(sql, now(), messages)
    watch.topicsChanged(new Set(messages.map(({ topic }) => topic)))
    return stored
  }, now)
  return {
    topics: () => within(patienceMs, readTopics(sql)),
    append: (messages) => within(patienceMs, write(messages)),
    fetch: (from, wait) => within(wait.timeoutMs + patienceMs, fetchMessages(sql, watch, now, from, wait)),
    offsets: (partitions, at) => within(patienceMs, readOffsets(sql, partitions, at)),
    consume: (call, wait) => consume(groups, call, wait),
    commit: async (member, offsets) => {
      if (offsets.length === 0) return within(patienceMs, commitPosition(sql, member, now()))
      await within(patienceMs, commitOffsets(sql, member.group, offsets, now()))
      return true
    },
    committed: (group, partitions) => within(patienceMs, readCommitted(sql, group, partitions)),
    consumers: () => within(patienceMs, readConsumers(sql, now())),
    removeInstance: async (member) => {
      const removed = await within(patienceMs, removeInstance(sql, member, now()))
      watch.groupChanged(member.group)
      return removed
    },
    growTopics: (counts) => within(patienceMs, growTopics(sql, now(), counts)),
    groupStates: () => within(patienceMs, readGroupStates(sql, now())),
    resetGroup: async (group, offsets, takeOut) => {
      const done = await within(patienceMs, resetGroup(sql, group, offsets, takeOut, now()))
      watch.groupChanged(group)
      return done
    },
    queued,
    close: watch.close,
  }
}
