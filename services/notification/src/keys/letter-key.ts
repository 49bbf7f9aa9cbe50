import type { JWK } from 'jose'

export type LetterKey = { kid: string; publicKey: JWK; madeAt: Date; retiredAt: Date | null }

/** A code event lives as long as its topic keeps it, 30 days; `auth` may use a set that is a day old. */
export const keptMs = 31 * 86_400_000

export const keyPurpose = (kid: string): string => `letter-key ${kid}`
