import type { Pool } from '@kontora/postgres'
import { type Kafka, within } from '../kafka.ts'
import type { Lease } from './lease.ts'
import { type Beat, beatMessage, fitting } from './message.ts'
import { markSent, mostUnsent, readBehind, readUnsent, type Unsent } from './unsent.ts'

export type SenderResources = {
  sql: Pool
  kafka: Kafka
  service: string
  now: () => Date
  answerMs?: number
}

/** `lost`: the lease is another's by now, and this sender sends no more. */
export type Step = { state: 'more' | 'empty' | 'lost'; beat: boolean }

type Read = { rows: Unsent[] | undefined; askedAt: Date }

/**
 * Sends one partition under one lease, a request at a time: the next goes when the last is acknowledged and marked, and is read
 * while that one is on its way. What is not acknowledged in time is read and sent again before anything later, so that a
 * late arrival is always a duplicate. No transaction is open while the network is asked.
 */
export const createSender = (
  { sql, kafka, service, now, answerMs = 20_000 }: SenderResources,
  lease: Lease,
) => {
  let ahead: Read | undefined

  const read = async (): Promise<Read> => {
    const known = ahead
    ahead = undefined
    const askedAt = now()
    return known ?? { askedAt, rows: await readUnsent(sql, lease) }
  }

  /** Without it the next is read when the last is marked. */
  const readAhead = async (positions: number[]): Promise<Read | undefined> => {
    const askedAt = now()
    const onTheWay = { last: positions.at(-1) ?? 0, count: positions.length }
    const rows = await readBehind(sql, lease, onTheWay).catch(() => undefined)
    return rows && { askedAt, rows }
  }

  const send = async ({ rows, askedAt }: Read, beat: Beat | undefined): Promise<Step> => {
    if (!rows) return { state: 'lost', beat: false }
    const batch = fitting(service, lease, rows)
    const positions = rows.slice(0, batch.length).map(({ position }) => position)
    const isLast = batch.length === rows.length && rows.length < mostUnsent
    const beats = beat && isLast ? [beatMessage(service, beat, lease, askedAt)] : []
    const messages = [...batch, ...beats]
    if (messages.length === 0) return { state: 'empty', beat: false }
    const behind = isLast ? Promise.resolve(undefined) : readAhead(positions)
    await within(answerMs, kafka.producer().produceMany(messages))
    // Before the mark: what is read behind counts on what is not marked.
    const next = await behind
    const isHeld = positions.length === 0 || (await markSent(sql, lease, positions, now()))
    if (isHeld) ahead = next
    return { state: !isHeld ? 'lost' : isLast ? 'empty' : 'more', beat: beats.length > 0 }
  }

  return {
    lease,
    /** One request at most. A beat goes along only when nothing waits behind it. */
    step: async (beat?: Beat): Promise<Step> => send(await read(), beat),
  }
}

export type Sender = ReturnType<typeof createSender>
