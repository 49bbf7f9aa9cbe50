import type { Transaction } from '@kontora/postgres'
import { base64url } from 'jose'
import type { Resources } from '../resources.ts'

/** What a challenge was made for: one of another purpose, or of another holder, is another challenge. */
type ChallengeUse = {
  purpose: 'add' | 'sign-in' | 'second-proof'
  /** The session, or the secret of the browser where nobody is signed in yet. */
  holder: string
}

export const challengeMs = 5 * 60_000

const shape = /^([1-9]\d{12})\.[A-Za-z0-9_-]{22}$/

export type Challenge = { id: string; text: string; expiresAt: Date }

const challengeOf = async (
  { pepper }: Pick<Resources, 'pepper'>,
  { purpose, holder }: ChallengeUse,
  id: string,
): Promise<Challenge> => ({
  id,
  text: await pepper('challenge', purpose, holder, id),
  expiresAt: new Date(Number(id.split('.')[0]) + challengeMs),
})

/** Derived, so that asking for one, which anybody may, writes nothing. */
export const makeChallenge = (
  resources: Pick<Resources, 'pepper' | 'now' | 'random'>,
  use: ChallengeUse,
): Promise<Challenge> =>
  challengeOf(resources, use, `${resources.now().getTime()}.${base64url.encode(resources.random(16))}`)

/** Undefined for what is over or has no such shape; whether it was ever given shows in what was signed. */
export const readChallenge = async (
  resources: Pick<Resources, 'pepper' | 'now'>,
  use: ChallengeUse,
  id: string,
): Promise<Challenge | undefined> => {
  if (!shape.test(id)) return undefined
  const challenge = await challengeOf(resources, use, id)
  return challenge.expiresAt > resources.now() ? challenge : undefined
}

/** Once each, over all instances; a hash stands here for as long as the challenge would be good. */
export const useChallenge = async (
  tx: Transaction,
  { pepper }: Pick<Resources, 'pepper'>,
  { text, expiresAt }: Challenge,
): Promise<boolean> => {
  const used = await tx`
    insert into used_challenges ${tx({ challengeHash: await pepper('used-challenge', text), expiresAt })}
    on conflict do nothing returning challenge_hash`
  return used.length > 0
}
