import { acr } from '@kontora/access'
import type { SecondProof } from '../second-proof/ways.ts'

/** `email-code`, `passkey`, or the name of the provider that vouched for him. */
export type SignInMethod = string

export type Session = {
  id: string
  userId: string
  method: SignInMethod
  clientId: string
  generation: number
  signedInAt: Date
  /** When and by what the second proof was last given. */
  provenAt: Date | null
  provenBy: SecondProof | null
  /** Of an application that was given its own refresh tokens in this session. */
  familyId?: string
}

export type Proven = Pick<Session, 'signedInAt' | 'provenAt'>

/** What a session can show for itself: the level of its last proof, and when that was. */
export const standingOf = ({ signedInAt, provenAt }: Proven) => ({
  acr: provenAt ? acr.secondProof : acr.oneProof,
  authTime: provenAt ?? signedInAt,
})

const day = 24 * 60 * 60_000

/** However often it is refreshed: after this a person signs in again. */
export const sessionMs = 30 * day

/** Repeats of one refresh by the same device within this time get the same next token. */
export const graceMs = 10_000

/** Everything that may be known of a refresh token's place in its family. */
export type RefreshStanding = {
  generation: number
  deviceHash: string
  rotatedAt: Date
  endedAt: Date | null
  expiresAt: Date
}

/**
 * `again`: a lost answer or two tabs at once. `reused`: an older token than that, or the last one from elsewhere: one of two
 * holders is a thief, and which one cannot be told.
 */
export const judgeRefresh = (
  row: RefreshStanding,
  presented: { generation: number; deviceHashes: string[] },
  now: Date,
): 'rotate' | 'again' | 'reused' | 'over' => {
  if (row.endedAt !== null || row.expiresAt <= now || presented.generation > row.generation) return 'over'
  if (presented.generation === row.generation) return 'rotate'
  const again =
    presented.generation === row.generation - 1 &&
    presented.deviceHashes.includes(row.deviceHash) &&
    now.getTime() - row.rotatedAt.getTime() <= graceMs
  return again ? 'again' : 'reused'
}
