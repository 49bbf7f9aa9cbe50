import type { TopicPartition } from '../../message-log.ts'
import type { Fetcher } from '../fetch/fetcher.node.ts'
import { createRecordReader, type RecordReader } from '../fetch/record-reader.node.ts'

/** A partition that an instance reads. */
export type Held = TopicPartition & {
  /** Behind what surely arrived at the caller. */
  proven: number
  /** Behind the last answer, which may be lost on its way. */
  answered: number
  /** What the group has committed, as far as this instance knows. */
  committed: number
  /** The group wants it elsewhere; it goes when the last answer is proven. */
  leaving: boolean
  reader?: RecordReader
  /** There was nothing behind the last answer. */
  isAtEnd?: boolean
  letGo?: () => void
}

export const nameOf = ({ topic, partition }: TopicPartition): string => `${partition}/${topic}`

export const isUnproven = ({ proven, answered }: Held): boolean => proven !== answered

/** Waits at the end of what is there already; `news` is called when it is known what is there, `outOfRange` of an offset that the log does not have. */
export const waitFor = (
  fetcher: Fetcher,
  held: Held,
  { news, outOfRange }: { news: () => void; outOfRange: () => void },
): void => {
  if (held.leaving || held.reader || held.letGo) return
  const { topic, partition, answered } = held
  held.isAtEnd = false
  held.letGo = fetcher.wait([{ topic, partition, offset: answered }], {
    arrived: ({ offset, fetched }) => {
      delete held.letGo
      if (offset !== held.answered) return
      if (fetched.errorCode !== 0) return outOfRange()
      held.reader = createRecordReader(topic, fetched, held.answered)
      news()
    },
    nothing: () => {
      if (held.isAtEnd) return
      held.isAtEnd = true
      news()
    },
  })
}

/** What was read ahead is forgotten; nothing waits here any more. */
export const stopReading = (held: Held): void => {
  held.letGo?.()
  delete held.letGo
  delete held.reader
}

/** The next answer begins anew behind what surely arrived. */
export const rewind = (held: Held): void => {
  if (!isUnproven(held)) return
  held.answered = held.proven
  stopReading(held)
}

export const prove = (held: Held): void => {
  held.proven = held.answered
}

/** Who commits what he was answered has got it, whatever became of the gateway that passed it on. */
export const proveBy = (own: Held, offset: number): void => {
  own.committed = offset
  if (offset <= own.proven) return
  own.proven = offset
  if (offset <= own.answered) return
  // It was answered before the instance came here, or while the broker had forgotten it.
  own.answered = offset
  stopReading(own)
}
