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

const endOf = (id: string): Date => new Date(Number(id.split('.')[0]) + challengeMs)

export type MadeChallenge = { id: string; text: string; expiresAt: Date }

/** Derived, so that asking for one, which anybody may, writes nothing. */
export const makeChallenge = async (
  { pepper, now, random }: Pick<Resources, 'pepper' | 'now' | 'random'>,
  { purpose, holder }: ChallengeUse,
): Promise<MadeChallenge> => {
  const id = `${now().getTime()}.${base64url.encode(random(16))}`
  return { id, text: await pepper('challenge', purpose, holder, id), expiresAt: endOf(id) }
}

/** `texts`: as each accepted pepper derives it. */
export type Challenge = { id: string; texts: string[]; expiresAt: Date }

/** Undefined for what is over or has no such shape; whether it was ever given shows in what was signed. */
export const readChallenge = async (
  { pepper, now }: Pick<Resources, 'pepper' | 'now'>,
  { purpose, holder }: ChallengeUse,
  id: string,
): Promise<Challenge | undefined> => {
  if (!shape.test(id) || endOf(id) <= now()) return undefined
  return { id, texts: await pepper.each('challenge', purpose, holder, id), expiresAt: endOf(id) }
}

/** Once each, over all instances; what stands here for as long as it would be good derives nothing. */
export const useChallenge = async (tx: Transaction, { id, expiresAt }: Challenge): Promise<boolean> => {
  const used = await tx`
    insert into used_challenges ${tx({ challengeId: id, expiresAt })}
    on conflict do nothing returning challenge_id`
  return used.length > 0
}
