import type { Resources } from '../resources.ts'
import { makeChallenge } from './challenge.ts'
import { creationOptions } from './options.ts'
import { credentialsOf } from './read-passkeys.ts'

type Adder = { userId: string; sessionId: string; accountName: string }

/** For a passkey of his that is not here yet, and good for this session alone. */
export const askToAdd = async (resources: Resources, { userId, sessionId, accountName }: Adder) => {
  const challenge = await makeChallenge(resources, { purpose: 'add', holder: sessionId })
  const known = await credentialsOf(resources.sql, userId)
  const options = creationOptions(resources.relyingParty, challenge, { userId, accountName, known })
  return { challengeId: challenge.id, expiresAt: challenge.expiresAt, options }
}
