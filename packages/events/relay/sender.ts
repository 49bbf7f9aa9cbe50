import type { Pool } from '@kontora/postgres'
import { type Kafka, within } from '../kafka.ts'
import type { Lease } from './lease.ts'
import { type Beat, beatMessage, fitting } from './message.ts'
import { markSent, mostUnsent, readUnsent, type Unsent } from './unsent.ts'

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
  let ahead: Promise<Read> | undefined

  const read = async (onTheWay: number[]): Promise<Read> => {
    const askedAt = now()
    return { askedAt, rows: await readUnsent(sql, lease, onTheWay) }
  }
  const readAhead = (onTheWay: number[]): void => {
    ahead = read(onTheWay)
    // Whoever takes it hears of its fault; one that nobody takes has none.
    ahead.catch(() => {})
  }
  const take = (): Promise<Read> => {
    const taken = ahead ?? read([])
    ahead = undefined
    return taken
  }

  const send = async ({ rows, askedAt }: Read, beat: Beat | undefined): Promise<Step> => {
    if (!rows) return { state: 'lost', beat: false }
    const batch = fitting(service, lease, rows)
    const positions = rows.slice(0, batch.length).map(({ position }) => position)
    const isLast = batch.length === rows.length && rows.length < mostUnsent
    const beats = beat && isLast ? [beatMessage(service, beat, lease, askedAt)] : []
    const messages = [...batch, ...beats]
    if (messages.length === 0) return { state: 'empty', beat: false }
    if (!isLast) readAhead(positions)
    await within(answerMs, kafka.producer().produceMany(messages))
    const isHeld = positions.length === 0 || (await markSent(sql, lease, positions, now()))
    return { state: !isHeld ? 'lost' : isLast ? 'empty' : 'more', beat: beats.length > 0 }
  }

  return {
    lease,
    /** One request at most. A beat goes along only when nothing waits behind it. */
    step: async (beat?: Beat): Promise<Step> => {
      try {
        return await send(await take(), beat)
      } catch (error) {
        ahead = undefined
        throw error
      }
    },
  }
}

export type Sender = ReturnType<typeof createSender>
