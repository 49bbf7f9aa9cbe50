import type { Chance, RateLimit } from '@kontora/service'
import { guessPauseSeconds } from '../budgets/budget.ts'

/** Asked for, and not yet known whose address it is. */
export type DueFlow = {
  id: string
  addressHash: string
  addressSealed: string
  locale: string
  expiresAt: Date
  /** Guesses that came before it is known whose address it is. */
  tries: number
  pepperId: string
  /** Of the device that this person has signed in from before. */
  deviceHash: string | null
  /** Whose second proof the code is for; null for a sign-in. */
  provesSessionId: string | null
  /** It is found out whose address it is, so that its guesses are counted like any others, and nothing is sent. */
  keepsSilent: boolean
}

export const codeMs = 10 * 60_000
export const triesPerCode = 5
export const flowsPerAddress = 3

const million = 1_000_000
const fair = Math.floor(2 ** 32 / million) * million

/** Six digits, each of the million as likely as any other: what would favour the low ones is thrown away. */
export const makeCode = (random: Chance['random']): string => {
  for (;;) {
    const number = new DataView(random(4).buffer).getUint32(0)
    if (number < fair) return String(number % million).padStart(6, '0')
  }
}

/** For this long after a sign-in its answer may be asked for again. */
export const repeatMs = 60_000

/** Everything that decides whether a flow's code may be tried now. */
export type TriedStanding = {
  state: string
  tries: number
  triedAt: Date | null
  usedAt: Date | null
  expiresAt: Date
}

/** Seconds until it may be tried; undefined when it never may again. */
export const secondsToTry = (flow: TriedStanding, now: Date): number | undefined => {
  const isOpen =
    ['resolving', 'sent', 'silent'].includes(flow.state) ||
    (flow.usedAt !== null && flow.state === 'used' && now.getTime() - flow.usedAt.getTime() < repeatMs)
  if (!isOpen || flow.tries >= triesPerCode || flow.expiresAt <= now) return undefined
  return guessPauseSeconds(flow.tries, flow.triedAt, now)
}

/** After its last try nothing comes back but a new code. */
export const codeLimit = (resetSeconds: number): RateLimit => ({
  ...{ name: 'code', quota: triesPerCode, windowSeconds: codeMs / 1000 },
  ...{ left: 0, resetSeconds },
})
