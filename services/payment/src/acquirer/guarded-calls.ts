import { BankFault } from './bank-fault.ts'
import { afterCall, type Breaker, type CallOutcome, closed, isWell, tryCall } from './breaker.ts'

export type Send = (url: string, init?: RequestInit) => Response | Promise<Response>

/** One bank's door: how it is called, how long it is waited for, and when it is left alone. */
export type BankDoor = {
  /** Throws `BankFault`: `not-sent` while the bank is left alone, `unclear` for whatever leaves the outcome open. */
  send: (url: string, init: RequestInit) => Promise<{ status: number; text: string }>
  /** Shown as `degraded` in /health. */
  isWell: () => boolean
}

type Options = { send?: Send | undefined; now: () => Date; timeoutMs?: number }

const patienceMs = 30_000

/** Seconds or a date (RFC 9110); what is neither is no wish. */
const retryAfterMs = (value: string | null, nowMs: number): number => {
  if (value === null) return 0
  if (/^\d{1,6}$/.test(value.trim())) return Number(value) * 1000
  const time = Date.parse(value)
  return Number.isNaN(time) ? 0 : Math.max(0, time - nowMs)
}

/** A page of maintenance in the place of JSON is no answer, whatever its status says. */
const isAnswer = (status: number, text: string): boolean =>
  status < 500 && (status !== 200 || text.trimStart().startsWith('{'))

const outcomeOf = ({ status, headers }: Response, text: string, nowMs: number): CallOutcome => {
  const wishMs = retryAfterMs(headers.get('retry-after'), nowMs)
  if (status === 429 || (status === 503 && wishMs > 0)) return { kind: 'busy', retryAfterMs: wishMs }
  return { kind: isAnswer(status, text) ? 'well' : 'fault' }
}

/** Every call of one bank goes through here: no redirect is followed, nothing is repeated, and no detail of a fault is kept. */
export const openDoor = ({ send = fetch, now, timeoutMs = patienceMs }: Options): BankDoor => {
  let breaker: Breaker = closed
  const nowMs = () => now().getTime()

  const enter = (): void => {
    const { next, waitMs } = tryCall(breaker, nowMs())
    breaker = next
    if (waitMs > 0) throw new BankFault('not-sent', 'left-alone', waitMs)
  }
  const leave = (outcome: CallOutcome): void => {
    breaker = afterCall(breaker, outcome, nowMs())
  }

  return {
    isWell: () => isWell(breaker),
    send: async (url, init) => {
      enter()
      try {
        const response = await send(url, {
          ...init,
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs),
        })
        const text = await response.text()
        const outcome = outcomeOf(response, text, nowMs())
        leave(outcome)
        if (outcome.kind === 'busy')
          throw new BankFault('unclear', String(response.status), outcome.retryAfterMs)
        return { status: response.status, text }
      } catch (error) {
        if (error instanceof BankFault) {
          if (error.kind === 'not-sent') leave({ kind: 'fault' })
          throw error
        }
        leave({ kind: 'fault' })
        throw new BankFault('unclear', 'no-answer')
      }
    },
  }
}
