import { createBell } from '../../bell.ts'
import {
  type Message,
  mostBytes,
  mostMessages,
  type TopicPartitionOffset,
  type Wait,
} from '../../message-log.ts'
import type { Cluster } from '../cluster/cluster.node.ts'
import { readOffsets } from '../offsets.node.ts'
import { type Arrived, type Fetcher, nameOf } from './fetcher.node.ts'
import { createRecordReader } from './record-reader.node.ts'

/** Partition after partition in the order asked for, each from its offset on, up to the bounds of an answer. */
export const fetchMessages = async (
  cluster: Cluster,
  fetcher: Fetcher,
  from: TopicPartitionOffset[],
  { timeoutMs, signal }: Wait,
): Promise<Message[]> => {
  const bell = createBell()
  const found = new Map<string, Arrived>()
  let unseen = from.length
  let isOutOfRange = false
  const letGo = from.map((each) => {
    const seen = once(() => unseen--)
    const arrived = (what: Arrived) => {
      seen()
      if (what.fetched.errorCode === 0) found.set(nameOf(what), what)
      else isOutOfRange = true
      bell.ring()
    }
    return fetcher.wait([each], { arrived, nothing: () => seen() && bell.ring() })
  })
  const end = performance.now() + timeoutMs
  try {
    while (!signal.aborted) {
      const { messages, onward, fault } = take(from, found)
      const leftMs = end - performance.now()
      const isAllSeen = unseen <= 0 && !isOutOfRange && !onward
      if (messages.length > 0 || leftMs <= -lookMs || (leftMs <= 0 && isAllSeen)) return messages
      // Told when the others have nothing.
      if (fault && (unseen <= 0 || leftMs <= 0)) throw fault
      const next = isOutOfRange ? await within(cluster, from) : onward
      if (next) return fetchMessages(cluster, fetcher, next, { timeoutMs: Math.max(leftMs, 0), signal })
      await bell.sleep(leftMs > 0 ? leftMs : lookMs + leftMs, signal)
    }
    return []
  } finally {
    for (const go of letGo) go()
  }
}

/** A call that shall not wait waits at least for one answer of the broker. */
const lookMs = 500

/** True at the first call. */
const once = (work: () => void) => {
  let done = false
  return (): boolean => {
    if (done) return false
    done = true
    work()
    return true
  }
}

type Taken = {
  messages: Message[]
  /** Where to read on, when an answer of the broker held nothing but what nobody shall see. */
  onward: TopicPartitionOffset[] | undefined
  /** Of a partition that cannot be read. */
  fault: unknown
}

const take = (from: TopicPartitionOffset[], found: Map<string, Arrived>): Taken => {
  const messages: Message[] = []
  let bytes = 0
  let fault: unknown
  const onward = from.map((each) => {
    const arrived = found.get(nameOf(each))
    if (!arrived || messages.length >= mostMessages || bytes >= mostBytes) return each
    const reader = createRecordReader(each.topic, arrived.fetched, each.offset)
    try {
      for (const message of reader.take(mostMessages - messages.length, mostBytes - bytes)) {
        bytes += (message.value?.length ?? 0) + message.key.length + 64
        messages.push(message)
      }
    } catch (error) {
      fault ??= error
    }
    return { ...each, offset: reader.position() }
  })
  const isOnward = messages.length === 0 && onward.some(({ offset }, i) => offset !== from[i]?.offset)
  return { messages, onward: isOnward ? onward : undefined, fault }
}

/** What retention took is read from the first offset on; who is beyond the end waits there. */
const within = async (cluster: Cluster, from: TopicPartitionOffset[]): Promise<TopicPartitionOffset[]> => {
  const firsts = await readOffsets(cluster, from, 'earliest')
  const ends = await readOffsets(cluster, from, 'latest')
  return from.map((each, i) => ({
    ...each,
    offset: Math.min(Math.max(each.offset, firsts[i]?.offset ?? 0), ends[i]?.offset ?? each.offset),
  }))
}
