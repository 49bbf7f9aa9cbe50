import type { JWK } from 'jose'

export type KeyState = 'next' | 'current' | 'retired'
export type SigningKey = {
  id: string
  state: KeyState
  publicKey: JWK
  privateKeySealed: string
  madeAt: Date
  signsFrom: Date | null
  retiredAt: Date | null
  /** Its private half is destroyed then. */
  withdrawnAt: Date | null
}

const minute = 60_000

/** Whoever verifies has asked for the set at least once in this time, so a key that was published longer is known. */
export const knownAfterMs = 10 * minute

/** A retired key stays in the set until the last token of it has ended, with a wide margin. */
export const publishedAfterRetirementMs = 60 * minute

/** On schedule; on demand `keys rotate` does it at any time. */
export const signsForMs = 30 * 24 * 60 * minute

export const isPublished = ({ retiredAt, withdrawnAt }: SigningKey, now: Date): boolean =>
  withdrawnAt === null &&
  (retiredAt === null || now.getTime() - retiredAt.getTime() < publishedAfterRetirementMs)

export const isDue = ({ signsFrom }: SigningKey, now: Date): boolean =>
  signsFrom !== null && now.getTime() - signsFrom.getTime() >= signsForMs

export const isKnownToAll = ({ madeAt }: SigningKey, now: Date): boolean =>
  now.getTime() - madeAt.getTime() >= knownAfterMs
