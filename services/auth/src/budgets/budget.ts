import type { RateLimit } from '@kontora/service'

export const dayMs = 24 * 60 * 60_000

/** Of one address, asked for and not used to sign in. */
export const codesPerDay = 10
/** Wrong guesses at all codes of one account, whoever makes them. */
export const guessesPerDay = 10
/** What a known device has beside that, and strangers cannot spend: codes, and guesses. */
export const reservePerDay = 3

const coolDownSeconds = [30, 60, 120, 300]

export const secondsUntil = (time: Date | number, now: Date): number =>
  Math.max(0, Math.ceil((Number(time) - now.getTime()) / 1000))

/** Seconds until an address may be sent its next code, after those that were asked for within a day and not used. */
export const coolDown = (askedAt: Date[], now: Date): number => {
  const times = askedAt.map((time) => time.getTime()).toSorted((a, b) => a - b)
  const last = times.at(-1)
  if (last === undefined) return 0
  const pause = coolDownSeconds[Math.min(times.length, coolDownSeconds.length) - 1] ?? 0
  const full = times.at(-codesPerDay)
  return Math.max(
    secondsUntil(last + pause * 1000, now),
    full === undefined ? 0 : secondsUntil(full + dayMs, now),
  )
}

/** The next pause is what the asker is told in advance. */
export const nextCoolDownSeconds = (asked: number): number =>
  coolDownSeconds[Math.min(asked + 1, coolDownSeconds.length) - 1] ?? 0

/** Before the next guess at one code: 1 s after the first wrong one, then twice as long each time. */
const guessPauseMs = (wrongTries: number): number => (wrongTries === 0 ? 0 : 1000 * 2 ** (wrongTries - 1))

/** Seconds until the next guess at a code; `triedAt` is null after a right one. */
export const guessPauseSeconds = (tries: number, triedAt: Date | null, now: Date): number =>
  triedAt === null ? 0 : secondsUntil(triedAt.getTime() + guessPauseMs(tries), now)

/** What an address's next asker is told; how many were asked for before is told by the wait alone. */
export const addressLimit = (resetSeconds: number): RateLimit => ({
  ...{ name: 'address', quota: codesPerDay, windowSeconds: dayMs / 1000 },
  ...{ left: 0, resetSeconds },
})

/** Told only when nothing is left, or everybody's guesses would be counted for whoever asks. */
export const accountLimit = (resetSeconds: number): RateLimit => ({
  ...{ name: 'account', quota: guessesPerDay, windowSeconds: dayMs / 1000 },
  ...{ left: 0, resetSeconds },
})
