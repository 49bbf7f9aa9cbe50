import { Problem } from '@kontora/service'
import type { TopicPartitionOffset } from '../../message-log.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import { hasCode } from '../cluster/faults.ts'
import { commitOffsets } from '../offsets.node.ts'
import { type Held, nameOf, proveBy } from './held.node.ts'
import type { Member } from './member.node.ts'

const tries = 5
const pauseMs = 200

/**
 * A commit counts in the generation in which its records were handed out: after a rebalance it is repeated only for what the
 * instance still holds, or it would rewind the next holder.
 */
export const createCommits = (
  cluster: Cluster,
  group: string,
  member: () => Member,
  held: Map<string, Held>,
) => {
  const commit = async (offsets: TopicPartitionOffset[]): Promise<void> => {
    if (offsets.length === 0) return
    const isStillHeld = () => offsets.every((each) => held.has(nameOf(each)))
    // Kafka itself would take it, and rewind or overtake whoever holds the partition now.
    if (member().identity() && !isStillHeld()) throw movedOn()
    for (let attempt = 1; ; attempt++) {
      const identity = member().identity()
      try {
        if (!identity) throw movedOn()
        await commitOffsets(cluster, group, identity, offsets)
        for (const each of offsets) {
          const own = held.get(nameOf(each))
          if (own) proveBy(own, each.offset)
        }
        return
      } catch (error) {
        const isRebalancing = !identity || hasCode(error, ...staleCodes)
        if (!isRebalancing) throw error
        if (attempt === tries) throw movedOn()
        await Promise.race([member().join(), new Promise((resolve) => setTimeout(resolve, pauseMs))])
        if (!isStillHeld()) throw movedOn()
      }
    }
  }

  const commitProven = (partitions: Held[]): Promise<void> =>
    commit(
      partitions
        .filter(({ proven, committed }) => proven !== committed)
        .map(({ topic, partition, proven }) => ({ topic, partition, offset: proven })),
    )
  return { commit, commitProven }
}

const staleCodes = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID']

const movedOn = () =>
  new Problem('conflict', 'The partition has gone to another instance; nothing was committed')
