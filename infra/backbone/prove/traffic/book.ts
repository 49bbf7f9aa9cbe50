import type { Message } from './call.ts'

/** `refused`: it was said that nothing was written. */
type Fate = 'sent' | 'acknowledged' | 'refused'
/** One request of a producer: all of it is written, or none. */
export type Batch = { values: string[]; fate: Fate }
type Delivery = { partition: number; offset: number; value: string; time: number }

/** What the clients know: the audit compares it with the log itself. */
export type Book = {
  batches: Batch[]
  acknowledgedAt: Map<string, number>
  deliveries: Delivery[]
  /** Partition → what some instance has committed, and was told so. */
  committed: Map<number, number>
  /** When instances vanished without a word. */
  vanishedAt: number[]
  againThoughCommitted: number
  skipped: number
  deliver: (messages: Message[], committedBefore: Map<number, number>) => void
  commit: (offsets: { partition: number; offset: number }[]) => void
}

export const createBook = (): Book => {
  const next = new Map<number, number>()
  const book: Book = {
    batches: [],
    acknowledgedAt: new Map(),
    deliveries: [],
    committed: new Map(),
    vanishedAt: [],
    againThoughCommitted: 0,
    skipped: 0,
    deliver: (messages, committedBefore) => {
      const time = Date.now()
      for (const { partition, offset, value } of messages) {
        book.deliveries.push({ partition, offset, value, time })
        if (offset < (committedBefore.get(partition) ?? 0)) book.againThoughCommitted++
        const expected = next.get(partition) ?? 0
        if (offset > expected) book.skipped += offset - expected
        next.set(partition, Math.max(expected, offset + 1))
      }
    },
    commit: (offsets) => {
      for (const { partition, offset } of offsets) book.committed.set(partition, offset)
    },
  }
  return book
}
