import { isConnectionLost } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { patienceMs } from '../../within.ts'
import type { NewMessage, Stored } from '../message-log.ts'

type Append = (messages: NewMessage[]) => Promise<Stored[]>
type Waiting = {
  messages: NewMessage[]
  /** By then its caller has been told that Postgres does not answer, and may have sent it again. */
  until: number
  resolve: (stored: Stored[]) => void
  reject: (error: unknown) => void
}

const mostMessages = 5000
/** A second transaction waits for the first one's locks, so it is worth while only when it brings much. */
const muchMessages = 500
const mostWaiting = 1000

/** Requests that come while others are being written go together in the next transaction; each is still all or none. */
export const createBatches = (append: Append, now: () => Date): { write: Append; queued: () => number } => {
  const waiting: Waiting[] = []
  let running = 0
  let held = 0

  const flush = async (): Promise<void> => {
    running++
    while (waiting.length > 0) {
      const requests = takeSome(waiting)
      for (const { messages } of requests) held -= messages.length
      const time = now().getTime()
      const [inTime, late] = [
        requests.filter(({ until }) => until > time),
        requests.filter(({ until }) => until <= time),
      ]
      for (const { reject } of late)
        reject(new Problem('unavailable', 'The log does not answer', { retryAfterSeconds: 1 }))
      if (inTime.length > 0) await writeTogether(append, inTime)
    }
    running--
  }
  const write: Append = (messages) => {
    if (waiting.length >= mostWaiting)
      throw new Problem('too-many-requests', 'Too many requests are waiting', { retryAfterSeconds: 1 })
    return new Promise((resolve, reject) => {
      waiting.push({ messages, until: now().getTime() + patienceMs, resolve, reject })
      held += messages.length
      if (running === 0 || (running === 1 && held >= muchMessages)) void flush()
    })
  }
  return { write, queued: () => waiting.length }
}

const takeSome = (waiting: Waiting[]): Waiting[] => {
  let count = 0
  const end = waiting.findIndex(({ messages }, i) => {
    count += messages.length
    return i > 0 && count > mostMessages
  })
  return waiting.splice(0, end < 0 ? waiting.length : end)
}

const writeTogether = async (append: Append, requests: Waiting[]): Promise<void> => {
  try {
    const stored = await append(requests.flatMap(({ messages }) => messages))
    let from = 0
    for (const { messages, resolve } of requests) {
      resolve(stored.slice(from, from + messages.length))
      from += messages.length
    }
  } catch (error) {
    if (requests.length === 1 || isConnectionLost(error)) for (const { reject } of requests) reject(error)
    // One that cannot be written does not take the others with it.
    else for (const request of requests) await writeTogether(append, [request])
  }
}
