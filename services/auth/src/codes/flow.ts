import type { Chance } from '@kontora/service'

/** Asked for, and not yet known whose address it is. */
export type DueFlow = {
  id: string
  addressHash: string
  addressSealed: string
  locale: string
  expiresAt: Date
  /** Of the device that this person has signed in from before. */
  deviceHash: string | null
  /** Whose second proof the code is for; null for a sign-in. */
  provesSessionId: string | null
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
