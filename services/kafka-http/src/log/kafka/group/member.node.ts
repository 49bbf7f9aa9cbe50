import { heartbeatV4, joinGroupV9, leaveGroupV5, syncGroupV5 } from '@platformatic/kafka/core'
import type { TopicPartition } from '../../message-log.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import { hasCode, isCoordinatorGone } from '../cluster/faults.ts'
import { createPatience } from './patience.ts'
import {
  decodeAssignment,
  encodeSubscription,
  protocolName,
  sharePartitions,
} from './share-partitions.node.ts'

export type Identity = { memberId: string; generation: number; groupInstanceId: string }

export type MemberOptions = {
  cluster: Cluster
  group: string
  groupInstanceId: string
  topics: string[]
  sessionMs: number
  /** What this member holds, for the leader to leave it there. */
  owned: () => TopicPartition[]
  assigned: (partitions: TopicPartition[]) => void
  /** The broker does not know this member any more: others may hold what it held. */
  lost: () => void
  /** Another process has taken this static member over (KIP-345), or the group refuses it. */
  ended: (reason: unknown) => void
  /** A join has begun: the group's other members here find out at once. */
  joining: () => void
}

export type Member = {
  /** Joins, or joins again: after a loss, a change of the topics, or to let go of partitions. */
  join: () => Promise<void>
  beat: () => Promise<void>
  leave: () => Promise<void>
  identity: () => Identity | undefined
  /** Whether the broker may still believe in this member. */
  isCurrent: () => boolean
  /** Asks the broker, unless it has answered a moment ago: after a standstill another gateway may be the instance's home. */
  assure: () => Promise<void>
  isLeader: () => boolean
  /** Of a leader: somebody has yet to let go of what shall be another's; it asks again, ever more seldom. */
  urge: () => void
  /** The broker did not answer the last beat. */
  isUnheard: () => boolean
  /** Drops everything without a word to the broker, as a kill would. */
  abandon: () => void
}

const pauseMs = 200
const freshMs = 2500
const nothing = { assignments: [], withheld: 0 }
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, pauseMs))

/** One static member of a group, in the classic protocol; the gateway beats for it. */
export const createMember = (options: MemberOptions): Member => {
  const { cluster, group, groupInstanceId, topics, sessionMs, owned, assigned, lost, ended, joining } =
    options
  let memberId = ''
  let generation = -1
  let leader = false
  let over = false
  let left = false
  let running: Promise<void> | undefined
  let again = false
  let heardAt = 0
  let unheard = false
  let withheld = 0
  let syncedAt = 0
  const patience = createPatience()

  /** A generation that is over says nothing of the name, and a static member that joins under a new one fences its own calls. */
  const forget = (keepsName: boolean): void => {
    if (!keepsName) memberId = ''
    generation = -1
    leader = false
    lost()
  }
  const forgetBy = (error: unknown): void => {
    if (hasCode(error, 'UNKNOWN_MEMBER_ID')) forget(false)
    else if (hasCode(error, 'ILLEGAL_GENERATION')) forget(true)
  }
  const end = (reason: unknown): void => {
    if (over) return
    over = true
    ended(reason)
  }

  const joinAndSync = async (): Promise<void> => {
    const { connection, giveBack } = await cluster.links.borrow(await cluster.coordinatorOf(group))
    try {
      const metadata = encodeSubscription({ topics, owned: owned(), generation })
      const rebalanceMs = Math.max(sessionMs, 10_000)
      const asking = joinGroupV9.api.async(
        connection,
        group,
        sessionMs,
        rebalanceMs,
        memberId,
        groupInstanceId,
        'consumer',
        [{ name: protocolName, metadata }],
      )
      joining()
      const joined = await asking
      memberId = joined.memberId
      if (left) return await leaveGroup()
      leader = joined.leader === memberId
      const shared = leader && !joined.skipAssignment ? await share(joined.members) : nothing
      withheld = shared.withheld
      const { assignment } = await syncGroupV5.api.async(
        connection,
        group,
        joined.generationId,
        memberId,
        groupInstanceId,
        'consumer',
        joined.protocolName,
        shared.assignments,
      )
      generation = joined.generationId
      heardAt = syncedAt = performance.now()
      if (!over) assigned(decodeAssignment(assignment))
      // A leader that another process had: it alone knew what was withheld, so all is shared anew.
      if (leader && joined.skipAssignment) again = true
    } finally {
      giveBack()
    }
  }

  const leaveGroup = async (): Promise<void> => {
    const members = [{ memberId, groupInstanceId, reason: null }]
    await cluster.withCoordinator(group, (connection) => leaveGroupV5.api.async(connection, group, members))
  }

  const share = async (members: { memberId: string; metadata: Buffer }[]) => {
    const metadata = await cluster.metadata(true)
    const counts = new Map([...metadata.topics].map(([name, { leaders }]) => [name, leaders.length]))
    return sharePartitions(members, counts)
  }

  /** What only time or another coordinator mends is tried again. */
  const survive = async (error: unknown): Promise<void> => {
    if (hasCode(error, 'FENCED_INSTANCE_ID', ...refusals)) return end(error)
    forgetBy(error)
    if (isCoordinatorGone(error)) cluster.forgetCoordinator(group)
    if (!hasCode(error, 'REBALANCE_IN_PROGRESS', 'UNKNOWN_MEMBER_ID')) await pause()
  }

  const run = async (): Promise<void> => {
    try {
      do {
        again = false
        try {
          await joinAndSync()
        } catch (error) {
          await survive(error)
          again = !over
        }
      } while (again && !over)
    } finally {
      // In the same turn as the last look at `again`: a join asked for between the two would be lost.
      running = undefined
    }
  }

  const join = (): Promise<void> => {
    if (running) again = true
    running ??= run()
    return running
  }

  const beat = async (): Promise<void> => {
    if (over || running || memberId === '') return
    const asked = { memberId, generation }
    // What was asked of an earlier generation may be answered after a join.
    const isLate = () => over || running || memberId !== asked.memberId || generation !== asked.generation
    try {
      await cluster.withCoordinator(group, (connection) =>
        heartbeatV4.api.async(connection, group, generation, memberId, groupInstanceId),
      )
      heardAt = performance.now()
      unheard = false
    } catch (error) {
      if (isLate()) return
      unheard = true
      if (hasCode(error, 'FENCED_INSTANCE_ID')) return end(error)
      forgetBy(error)
      if (hasCode(error, 'UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS')) void join()
    }
  }

  return {
    join,
    beat,
    leave: async () => {
      over = true
      left = true
      // Who has no name yet leaves when it is told.
      if (memberId !== '') await leaveGroup()
    },
    identity: () => (generation < 0 ? undefined : { memberId, generation, groupInstanceId }),
    isCurrent: () => generation >= 0 && performance.now() - heardAt < sessionMs,
    assure: async () => {
      if (generation >= 0 && performance.now() - heardAt > freshMs) await beat()
    },
    isLeader: () => leader,
    urge: () => {
      if (withheld === 0) patience.reset()
      if (!leader || withheld === 0 || running || !patience.isOver(performance.now() - syncedAt)) return
      void join()
    },
    isUnheard: () => unheard,
    abandon: () => {
      over = true
    },
  }
}

/** No repeat mends these. */
const refusals = [
  'INCONSISTENT_GROUP_PROTOCOL',
  'INVALID_SESSION_TIMEOUT',
  'GROUP_AUTHORIZATION_FAILED',
  'GROUP_MAX_SIZE_REACHED',
  'INVALID_GROUP_ID',
  'UNSUPPORTED_VERSION',
]
