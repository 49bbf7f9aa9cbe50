import type { ConsumeCall, Message, MessageLog, TopicPartitionOffset } from '../log/message-log.ts'
import { deliverBatch, type PushResources, type Serving } from './deliver-batch.ts'
import { isTakenOver } from './lease.ts'
import { nap } from './nap.ts'
import { withOwnSignal } from './own-signal.ts'
import { readHeld } from './read-held.ts'
import { memberOf, type Subscription } from './subscription.ts'

export type ServingResources = PushResources & {
  messages: Pick<MessageLog, 'consume' | 'commit' | 'removeInstance'>
  sessionTimeoutMs: (group: string) => number
}

const pollMs = 25_000
/** What a log that is about to share its partitions answers at once. */
const tooSoonMs = 50
const tooSoonRestMs = 200

/**
 * Reads on as an instance of the group, posts, and commits what was taken; until `rest`, or until another has it. A fault of
 * the log is thrown: whoever serves it next begins at the commit.
 */
export const serveSubscription = async (resources: ServingResources, serving: Serving): Promise<void> => {
  const { sql, now, messages } = resources
  const { lease, holder } = serving
  const held = await readHeld(sql, lease, holder, now())
  if (!held) return
  const member = memberOf(held)
  // Made anew it begins at the commit, wherever the gateway before us was.
  await messages.removeInstance(member)
  const call = callOf(held, resources.sessionTimeoutMs(held.groupName))
  await readOn(resources, serving, call)
  // Other instances of the group need not wait for the session's end.
  if (!(await isTakenOver(sql, lease, holder, now()))) await messages.removeInstance(member)
}

const readOn = async (resources: ServingResources, serving: Serving, call: ConsumeCall): Promise<void> => {
  const { sql, now, messages } = resources
  const { lease, holder, rest } = serving
  while (!rest.aborted) {
    const began = now().getTime()
    const batch = await withOwnSignal(rest, ({ signal }) =>
      messages.consume(call, { timeoutMs: pollMs, signal }),
    )
    if (batch.length === 0) {
      if (now().getTime() - began < tooSoonMs) await nap(tooSoonRestMs, rest)
      continue
    }
    if (!(await deliverBatch(resources, serving, batch))) return
    // Whoever was frozen beyond his lease would put the group back to where he stood.
    if (!(await readHeld(sql, lease, holder, now()))) return
    await messages.commit(call, offsetsAfter(batch))
  }
}

const callOf = (subscription: Subscription, sessionTimeoutMs: number): ConsumeCall => ({
  ...memberOf(subscription),
  topics: [...new Set(subscription.topics)].sort(),
  autoCommit: false,
  offsetReset: subscription.offsetReset,
  most: subscription.most,
  sessionTimeoutMs,
})

const offsetsAfter = (batch: Message[]): TopicPartitionOffset[] => {
  const next = new Map<string, TopicPartitionOffset>()
  for (const { topic, partition, offset } of batch)
    next.set(`${partition}/${topic}`, { topic, partition, offset: offset + 1 })
  return [...next.values()]
}
