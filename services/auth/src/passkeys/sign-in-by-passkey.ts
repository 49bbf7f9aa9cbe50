import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import * as v from 'valibot'
import type { Caller } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { openSession, prepareSession, refuseBlocked } from '../sessions/open-session.ts'
import { giveTokens, type SignedIn } from '../tokens/give-tokens.ts'
import { readChallenge } from './challenge.ts'
import { Assertion, ChallengeId } from './passkey.ts'
import { tryPasskey, usePasskey } from './try-passkey.ts'

export const ChallengeSecret = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{22}$/, '22 characters of base64url'),
)

export const PasskeySignIn = v.strictObject({
  challengeId: ChallengeId,
  challengeSecret: ChallengeSecret,
  credential: Assertion,
})
export type PasskeySignIn = v.InferOutput<typeof PasskeySignIn>

/** One refusal for every reason. */
const refused = () => new Problem('not-signed-in', 'This passkey is not valid')

/** A passkey asks its owner for a finger or a PIN, so such a sign-in is a second proof too. */
export const signInByPasskey = async (
  resources: Resources,
  caller: Caller,
  { challengeId, challengeSecret, credential }: PasskeySignIn,
): Promise<SignedIn> => {
  const use = { purpose: 'sign-in' as const, holder: challengeSecret }
  const challenge = await readChallenge(resources, use, challengeId)
  const tried = await tryPasskey(resources, caller.network, challenge, credential)
  // Nobody was named before: the authenticator has to say whose passkey it is (WebAuthn section 7.2).
  if (!tried || !credential.response.userHandle) throw refused()
  await refuseBlocked(resources, tried.userId, refused())
  const prepared = await prepareSession(resources, { userId: tried.userId, method: 'passkey', caller })
  const session = await transaction(resources.sql, async (tx) => {
    if (!(await usePasskey(tx, resources, tried))) throw refused()
    return openSession({ ...resources, sql: tx }, prepared)
  })
  return giveTokens(resources, session)
}
