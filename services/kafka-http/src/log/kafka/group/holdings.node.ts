import { Problem } from '@kontora/service'
import type { Adoption, ConsumeCall, TopicPartition } from '../../message-log.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import type { Fetcher } from '../fetch/fetcher.node.ts'
import { readCommitted, readOffsets } from '../offsets.node.ts'
import { createCommits } from './commits.node.ts'
import { type Held, isUnproven, nameOf, proveBy, stopReading, waitFor } from './held.node.ts'
import type { Member } from './member.node.ts'
import { findStarts, noOffset } from './starts.node.ts'

type Options = {
  cluster: Cluster
  fetcher: Fetcher
  call: ConsumeCall
  /** Where the instance stood at the gateway that it comes from. */
  adopted: Adoption['places']
  member: () => Member
  /** Something changed that a waiting call wants to know. */
  news: () => void
}

const pauseMs = 200

/** The partitions that an instance reads, through the group's changes. */
export const createHoldings = ({ cluster, fetcher, call, adopted, member, news }: Options) => {
  const held = new Map<string, Held>()
  const commits = createCommits(cluster, call.group, member, held)
  let wanted = new Set<string>()
  let share: TopicPartition[] = []
  let placing = 0
  let inherited = new Map(adopted.map((each) => [nameOf(each), each]))
  let fault: Problem | undefined
  let over = false
  /** What is held was told to the group, which shares by it: until its answer, no more is taken into hand. */
  let isTold = false

  const all = (): Held[] => [...held.values()]

  const inherit = (added: TopicPartition[]): void => {
    for (const each of added) {
      const known = inherited.get(nameOf(each))
      if (known) held.set(nameOf(each), { ...known, leaving: false })
    }
    inherited = new Map()
  }
  const place = async (added: TopicPartition[]): Promise<void> => {
    inherit(added)
    const isMissing = (each: TopicPartition) => !isTold && wanted.has(nameOf(each)) && !held.has(nameOf(each))
    for (let left = added.filter(isMissing); left.length > 0 && !over; left = left.filter(isMissing))
      try {
        const starts = await findStarts(cluster, call, member(), left)
        for (const { offset, ...start } of starts.filter(isMissing))
          held.set(nameOf(start), { ...start, proven: offset, answered: offset, leaving: false })
      } catch (error) {
        if (error instanceof Problem) {
          fault = error
          return
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
  }

  const placeMissing = async (): Promise<void> => {
    placing++
    await place(share.filter((each) => !held.has(nameOf(each)))).finally(() => placing--)
  }

  /** What shall go elsewhere goes when its last answer is proven; only then does the next holder get it. */
  const release = async (): Promise<void> => {
    const free = all().filter((each) => each.leaving && !isUnproven(each))
    if (free.length === 0) return
    for (const each of free) stopReading(each)
    if (call.autoCommit) await commits.commitProven(free).catch(() => {})
    // It may have come back meanwhile, as another of the same name.
    for (const each of free) if (each.leaving && held.get(nameOf(each)) === each) held.delete(nameOf(each))
    void member().join()
  }

  /** Retention took what was next, or the topic was made anew. */
  const enterRange = async (each: Held): Promise<void> => {
    const [first] = await readOffsets(cluster, [each], 'earliest')
    const [end] = await readOffsets(cluster, [each], 'latest')
    const isOld = each.answered < (first?.offset ?? 0)
    if (!isOld && call.offsetReset === 'none') fault = noOffset()
    const offset = (isOld || call.offsetReset === 'earliest' ? first : end)?.offset ?? 0
    Object.assign(each, { proven: offset, answered: offset })
  }
  const outOfRange = (each: Held): void => {
    enterRange(each).then(news, news)
  }

  return {
    all,
    /** For a join; `assign` brings the group's answer. */
    tell: (): Held[] => {
      isTold = true
      return all()
    },
    commits,
    release,
    assign: async (partitions: TopicPartition[]): Promise<void> => {
      isTold = false
      wanted = new Set(partitions.map(nameOf))
      for (const each of held.values()) each.leaving = !wanted.has(nameOf(each))
      share = partitions
      await Promise.all([placeMissing(), release()])
      news()
    },
    /** Of an answer that may be lost: what was committed since was not. */
    proveCommitted: async (): Promise<void> => {
      const unproven = all().filter(isUnproven)
      if (unproven.length === 0) return
      for (const { offset, ...where } of await readCommitted(cluster, call.group, unproven)) {
        const own = held.get(nameOf(where))
        if (own) proveBy(own, offset)
      }
    },
    /** A partition of ours that is not read would be nobody's. */
    mend: (): void => {
      const isMissing = share.some((each) => wanted.has(nameOf(each)) && !held.has(nameOf(each)))
      if (isMissing && placing === 0 && !isTold && !over && !fault) void placeMissing().then(news)
    },
    read: (): void => {
      for (const each of held.values()) waitFor(fetcher, each, { news, outOfRange: () => outOfRange(each) })
    },
    /** What was seen at an earlier call may not be all by now. */
    lookAgain: (): void => {
      for (const each of held.values()) if (!each.reader) stopReading(each)
    },
    rest: (): void => {
      for (const each of held.values()) stopReading(each)
    },
    isAllSeen: (): boolean => !all().some((each) => each.letGo && !each.isAtEnd),
    lose: (): void => {
      for (const each of held.values()) stopReading(each)
      held.clear()
      wanted.clear()
    },
    end: (): void => {
      over = true
      for (const each of held.values()) stopReading(each)
    },
    takeFault: (): Problem | undefined => {
      const taken = fault
      fault = undefined
      return taken
    },
    hasFault: () => fault !== undefined,
  }
}
