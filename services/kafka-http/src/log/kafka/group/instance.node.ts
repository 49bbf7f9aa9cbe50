import { Problem } from '@kontora/service'
import { createBell } from '../../bell.ts'
import type { ConsumeCall, Message, TopicPartition, TopicPartitionOffset, Wait } from '../../message-log.ts'
import { createSuccession } from '../../succession.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import type { Fetcher } from '../fetch/fetcher.node.ts'
import { readOffsets } from '../offsets.node.ts'
import { createCommits } from './commits.node.ts'
import { type Held, isUnproven, nameOf, prove, rewind, stopReading, waitFor } from './held.node.ts'
import { createMember, type Member } from './member.node.ts'
import { findStarts } from './starts.node.ts'
import { takeMessages } from './take.node.ts'

export type InstanceOptions = {
  cluster: Cluster
  fetcher: Fetcher
  call: ConsumeCall
  groupInstanceId: string
  kafkaSessionMs: number
  /** Somebody joins this group: its members here look at once. */
  stirred: () => void
  /** Another process holds the instance now, or the group refuses it. */
  ended: () => void
}

export type Instance = {
  call: ConsumeCall
  consume: (call: ConsumeCall, wait: Wait) => Promise<Message[]>
  commit: (offsets: TopicPartitionOffset[]) => Promise<void>
  /** Behind the last answer: to ask for this is to have got it. */
  commitAnswered: () => Promise<void>
  partitions: () => TopicPartition[]
  member: Member
  /** Without a call since, in ms; a waiting call keeps the instance young. */
  idleMs: () => number
  rest: () => void
  leave: () => Promise<void>
  end: () => void
}

/** The first call answers after the join: where a group begins at the end, that is the end of now. */
const joinPatienceMs = 5000
const pauseMs = 200
/** A call that shall not wait waits at least for one answer of the broker. */
const lookMs = 500

/** A consumer instance as Upstash had it: a member of the group, and what it reads. */
export const createInstance = (options: InstanceOptions): Instance => {
  const { cluster, fetcher, call, groupInstanceId, kafkaSessionMs, stirred, ended } = options
  const { group } = call
  const held = new Map<string, Held>()
  const bell = createBell()
  const ready = Promise.withResolvers<void>()
  const succession = createSuccession()
  const finished = new AbortController()
  let wanted = new Set<string>()
  let outstanding: { hasArrived: () => boolean | Promise<boolean> } | undefined
  let fault: unknown
  let calls = 0
  let calledAt = performance.now()
  let turn = 0

  const member = createMember({
    cluster,
    group,
    groupInstanceId,
    topics: call.topics,
    sessionMs: kafkaSessionMs,
    owned: () => [...held.values()],
    assigned: (partitions) => void settleAssignment(partitions),
    lost: () => {
      for (const each of held.values()) stopReading(each)
      held.clear()
      outstanding = undefined
    },
    ended: (reason) => {
      fault = reason
      end()
      ended()
    },
    joining: stirred,
  })
  const commits = createCommits(cluster, group, member, held)

  const end = (): void => {
    member.abandon()
    for (const each of held.values()) stopReading(each)
    finished.abort()
    ready.resolve()
    bell.ring()
  }

  const settleAssignment = async (partitions: TopicPartition[]): Promise<void> => {
    wanted = new Set(partitions.map(nameOf))
    for (const each of held.values()) each.leaving = !wanted.has(nameOf(each))
    const added = partitions.filter((each) => !held.has(nameOf(each)))
    await Promise.all([place(added), release()])
    ready.resolve()
    bell.ring()
  }

  const place = async (added: TopicPartition[]): Promise<void> => {
    let left = added
    while (left.length > 0 && !finished.signal.aborted) {
      try {
        for (const start of await findStarts(cluster, call, member, left)) {
          const { offset, committed, ...where } = start
          if (wanted.has(nameOf(where)) && !held.has(nameOf(where)))
            held.set(nameOf(where), { ...where, proven: offset, answered: offset, committed, leaving: false })
        }
        return
      } catch (error) {
        if (error instanceof Problem) {
          fault = error
          return
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
        left = left.filter((each) => wanted.has(nameOf(each)))
      }
    }
  }

  /** What shall go elsewhere goes when its last answer is proven; only then does the next holder get it. */
  const release = async (): Promise<void> => {
    const free = [...held.values()].filter((each) => each.leaving && !isUnproven(each))
    if (free.length === 0) return
    for (const each of free) stopReading(each)
    if (call.autoCommit) await commits.commitProven(free).catch(() => {})
    for (const each of free) if (each.leaving) held.delete(nameOf(each))
    void member.join()
  }

  const settleOutstanding = async (): Promise<void> => {
    const arrived = await outstanding?.hasArrived()
    outstanding = undefined
    if (arrived === undefined) return
    for (const each of held.values())
      if (arrived) prove(each)
      else rewind(each)
    await release()
  }

  const resetRange = async (each: Held): Promise<void> => {
    const [first] = await readOffsets(cluster, [each], 'earliest')
    const [end] = await readOffsets(cluster, [each], 'latest')
    const isOld = each.answered < (first?.offset ?? 0)
    if (!isOld && call.offsetReset === 'none') fault = noOffset()
    const start = isOld || call.offsetReset === 'earliest' ? first : end
    Object.assign(each, { proven: start?.offset ?? 0, answered: start?.offset ?? 0 })
    bell.ring()
  }
  const read = (): void => {
    for (const each of held.values())
      waitFor(fetcher, each, {
        news: bell.ring,
        outOfRange: () => void resetRange(each).catch(() => bell.ring()),
      })
  }

  const isAllSeen = () => ![...held.values()].some((each) => each.letGo && !each.isAtEnd)

  const awaitMessages = async (
    asked: ConsumeCall,
    { timeoutMs }: Wait,
    signal: AbortSignal,
  ): Promise<Message[]> => {
    const end = performance.now() + timeoutMs
    for (;;) {
      if (fault !== undefined || signal.aborted) return []
      if (member.isCurrent()) read()
      const messages = member.isCurrent() ? takeMessages([...held.values()], turn++, asked.most) : []
      const leftMs = end - performance.now()
      if (messages.length > 0) read()
      if (messages.length > 0 || leftMs <= -lookMs || (leftMs <= 0 && isAllSeen())) return messages
      await bell.sleep(leftMs > 0 ? leftMs : lookMs + leftMs, signal)
    }
  }

  const answer = async (asked: ConsumeCall, wait: Wait, dismissed: AbortSignal): Promise<Message[]> => {
    const signal = AbortSignal.any([wait.signal, dismissed, finished.signal])
    await settleOutstanding()
    // What was seen at an earlier call may not be all by now.
    for (const each of held.values()) if (!each.reader) stopReading(each)
    const committing = call.autoCommit ? commits.commitProven([...held.values()]).catch(() => {}) : undefined
    await Promise.race([ready.promise, new Promise((resolve) => setTimeout(resolve, joinPatienceMs))])
    const messages = await awaitMessages(asked, wait, signal)
    await committing
    if (fault instanceof Problem) {
      const problem = fault
      fault = undefined
      throw problem
    }
    if (messages.length > 0 && signal.aborted) for (const each of held.values()) rewind(each)
    if (messages.length === 0 || signal.aborted) return []
    outstanding = deliveryOf(wait)
    return messages
  }

  return {
    call,
    member,
    consume: async (asked, wait) => {
      calls++
      try {
        return await succession('calls', (dismissed) => answer(asked, wait, dismissed))
      } finally {
        calls--
        calledAt = performance.now()
      }
    },
    commit: commits.commit,
    commitAnswered: () =>
      commits.commit(
        [...held.values()].map(({ topic, partition, answered }) => ({ topic, partition, offset: answered })),
      ),
    partitions: () => [...held.values()],
    idleMs: () => (calls > 0 ? 0 : performance.now() - calledAt),
    rest: () => {
      for (const each of held.values()) stopReading(each)
    },
    leave: async () => {
      end()
      await member.leave()
    },
    end,
  }
}

/** A caller who hangs up did not get it; where another gateway passed it on, that one knows. */
const deliveryOf = ({ signal, relay }: Wait) => {
  if (relay) return { hasArrived: relay.hasArrived }
  return { hasArrived: () => !signal.aborted }
}

export const noOffset = () =>
  new Problem('invalid-input', 'The group has no offset, and auto.offset.reset is none')
