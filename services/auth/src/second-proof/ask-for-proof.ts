import { type MadeChallenge, makeChallenge } from '../passkeys/challenge.ts'
import { requestOptions } from '../passkeys/options.ts'
import { credentialsOf } from '../passkeys/read-passkeys.ts'
import type { Resources } from '../resources.ts'

/** Of his own passkeys, and good for this session alone. */
export const askForProof = async (
  resources: Resources,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<{ challengeId: string; expiresAt: Date; options: ReturnType<typeof requestOptions> }> => {
  const challenge: MadeChallenge = await makeChallenge(resources, {
    purpose: 'second-proof',
    holder: sessionId,
  })
  const known = await credentialsOf(resources.sql, userId)
  const options = requestOptions(resources.relyingParty, challenge, known)
  return { challengeId: challenge.id, expiresAt: challenge.expiresAt, options }
}
