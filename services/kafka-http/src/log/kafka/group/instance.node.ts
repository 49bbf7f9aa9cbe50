import { createBell } from '../../bell.ts'
import type {
  Adoption,
  ConsumeCall,
  Message,
  TopicPartition,
  TopicPartitionOffset,
  Wait,
} from '../../message-log.ts'
import { createSuccession } from '../../succession.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import type { Fetcher } from '../fetch/fetcher.node.ts'
import { prove, rewind } from './held.node.ts'
import { createHoldings } from './holdings.node.ts'
import { createMember, type Member } from './member.node.ts'
import { takeMessages } from './take.node.ts'

export type InstanceOptions = {
  cluster: Cluster
  fetcher: Fetcher
  call: ConsumeCall
  adopted: Adoption['places']
  groupInstanceId: string
  kafkaSessionMs: number
  /** Somebody joins this group: its members here look at once. */
  stirred: () => void
  /** Another process holds the instance now, or the group refuses it. */
  ended: (reason: unknown) => void
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
  /** What it reads ahead is given up. */
  rest: () => void
  /** What is its own and is not read is read again. */
  mend: () => void
  /** What the next gateway needs to let it go on where it stands. */
  adoption: () => Promise<Adoption>
  leave: () => Promise<void>
  end: () => void
}

/** The first call answers after the join: where a group begins at the end, that is the end of now. */
const joinPatienceMs = 5000
/** A call that shall not wait waits at least for one answer of the broker. */
const lookMs = 500

/** A consumer instance as Upstash had it: a member of the group, and what it reads. */
export const createInstance = (options: InstanceOptions): Instance => {
  const { cluster, fetcher, call, adopted, groupInstanceId, kafkaSessionMs, stirred, ended } = options
  const bell = createBell()
  const ready = Promise.withResolvers<void>()
  let isReady = false
  const succession = createSuccession()
  let isFinished = false
  let outstanding: { hasArrived: () => boolean | Promise<boolean> } | undefined
  let calls = 0
  let calledAt = performance.now()
  let turn = 0

  const holdings = createHoldings({ cluster, fetcher, call, adopted, member: () => member, news: bell.ring })
  const member: Member = createMember({
    cluster,
    group: call.group,
    groupInstanceId,
    topics: call.topics,
    sessionMs: kafkaSessionMs,
    owned: () => holdings.tell(),
    assigned: (partitions) => void holdings.assign(partitions).then(beReady),
    lost: () => {
      holdings.lose()
      outstanding = undefined
    },
    ended: (reason) => {
      end()
      ended(reason)
    },
    joining: stirred,
  })

  const beReady = (): void => {
    isReady = true
    ready.resolve()
  }
  const awaitJoin = async (): Promise<void> => {
    if (isReady) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, joinPatienceMs)
    })
    await Promise.race([ready.promise, patience])
    clearTimeout(timer)
  }

  const end = (): void => {
    member.abandon()
    holdings.end()
    isFinished = true
    beReady()
    bell.ring()
  }

  const settleOutstanding = async (): Promise<void> => {
    const arrived = await outstanding?.hasArrived()
    outstanding = undefined
    if (arrived === undefined) return
    if (!arrived) await holdings.proveCommitted()
    for (const each of holdings.all()) (arrived ? prove : rewind)(each)
    await holdings.release()
  }

  const isGone = (signals: AbortSignal[]): boolean => isFinished || signals.some(({ aborted }) => aborted)

  const awaitMessages = async (
    most: number,
    timeoutMs: number,
    signals: AbortSignal[],
  ): Promise<Message[]> => {
    const end = performance.now() + timeoutMs
    for (;;) {
      if (holdings.hasFault() || isGone(signals)) return []
      const isCurrent = member.isCurrent()
      if (isCurrent) holdings.read()
      const messages = isCurrent ? takeMessages(holdings.all(), turn++, most) : []
      // Also behind what nobody shall see: an answer of the broker may hold nothing else.
      if (isCurrent) holdings.read()
      const leftMs = end - performance.now()
      const isOver = leftMs <= -lookMs || (leftMs <= 0 && holdings.isAllSeen())
      if (messages.length > 0 || isOver) return messages
      await bell.sleep(leftMs > 0 ? leftMs : lookMs + leftMs, ...signals)
    }
  }

  const answer = async (most: number, wait: Wait, dismissed: AbortSignal): Promise<Message[]> => {
    const signals = [wait.signal, dismissed]
    await member.assure()
    await settleOutstanding()
    holdings.lookAgain()
    // What cannot be committed now is at the next call.
    const committing = call.autoCommit && holdings.commits.commitProven(holdings.all()).catch(() => {})
    await awaitJoin()
    const messages = await awaitMessages(most, wait.timeoutMs, signals)
    await committing
    const fault = holdings.takeFault()
    if (fault) throw fault
    if (isGone(signals)) for (const each of holdings.all()) rewind(each)
    if (messages.length === 0 || isGone(signals)) return []
    outstanding = wait.relay ?? { hasArrived: () => !wait.signal.aborted }
    return messages
  }

  return {
    call,
    member,
    consume: async ({ most }, wait) => {
      calls++
      try {
        return await succession('calls', (dismissed) => answer(most, wait, dismissed))
      } finally {
        calls--
        calledAt = performance.now()
      }
    },
    commit: holdings.commits.commit,
    commitAnswered: () =>
      holdings.commits.commit(
        holdings.all().map(({ topic, partition, answered }) => ({ topic, partition, offset: answered })),
      ),
    partitions: holdings.all,
    idleMs: () => (calls > 0 ? 0 : performance.now() - calledAt),
    rest: holdings.rest,
    mend: holdings.mend,
    adoption: async () => {
      await settleOutstanding()
      const places = holdings.all().map(({ topic, partition, proven, answered, committed }) => ({
        topic,
        partition,
        proven,
        answered,
        committed,
      }))
      return { call, places }
    },
    leave: async () => {
      end()
      await member.leave()
    },
    end,
  }
}
