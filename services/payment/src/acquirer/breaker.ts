/**
 * Closed: calls go. Open: none goes until a time. Trying: that time is over and one call is out to see. All pure: the clock
 * comes in, so the same story gives the same states.
 */
export type Breaker =
  | { state: 'closed'; faults: number }
  | { state: 'open'; untilMs: number; openings: number }
  | { state: 'trying'; sinceMs: number; openings: number }

/** `well`: the bank answered, be it no. `fault`: no answer, an answer that is none, 5xx. `busy`: 429, or 503 with a time. */
export type CallOutcome = { kind: 'well' } | { kind: 'fault' } | { kind: 'busy'; retryAfterMs: number }

export const closed: Breaker = { state: 'closed', faults: 0 }

const mostFaults = 5
const firstOpenMs = 5000
const longestOpenMs = 60_000
const longestBusyMs = 15 * 60_000
/** Who asked and never came back does not keep the door shut. */
const lostCallMs = 35_000

const openFor = (openings: number): number => Math.min(firstOpenMs * 2 ** (openings - 1), longestOpenMs)

const open = (nowMs: number, openings: number, forMs = openFor(openings)): Breaker => ({
  state: 'open',
  untilMs: nowMs + forMs,
  openings,
})

/** May a call go now? `waitMs` says how long not. */
export const tryCall = (breaker: Breaker, nowMs: number): { next: Breaker; waitMs: number } => {
  const trying = (openings: number) => ({
    next: { state: 'trying', sinceMs: nowMs, openings } as const,
    waitMs: 0,
  })
  if (breaker.state === 'closed') return { next: breaker, waitMs: 0 }
  if (breaker.state === 'open')
    return nowMs >= breaker.untilMs
      ? trying(breaker.openings)
      : { next: breaker, waitMs: breaker.untilMs - nowMs }
  const leftMs = breaker.sinceMs + lostCallMs - nowMs
  return leftMs <= 0 ? trying(breaker.openings) : { next: breaker, waitMs: Math.min(leftMs, firstOpenMs) }
}

const openingsOf = (breaker: Breaker): number => (breaker.state === 'closed' ? 0 : breaker.openings)

/** What the end of a call makes of it. A late answer of a call from before the opening neither opens anew nor closes. */
export const afterCall = (breaker: Breaker, outcome: CallOutcome, nowMs: number): Breaker => {
  if (outcome.kind === 'busy') {
    const untilMs = nowMs + Math.min(Math.max(outcome.retryAfterMs, firstOpenMs), longestBusyMs)
    if (breaker.state === 'open' && breaker.untilMs >= untilMs) return breaker
    return { state: 'open', untilMs, openings: Math.max(openingsOf(breaker), 1) }
  }
  if (breaker.state === 'open') return breaker
  if (outcome.kind === 'well') return closed
  if (breaker.state === 'trying') return open(nowMs, breaker.openings + 1)
  const faults = breaker.faults + 1
  return faults >= mostFaults ? open(nowMs, 1) : { state: 'closed', faults }
}

export const isWell = ({ state }: Breaker): boolean => state === 'closed'
