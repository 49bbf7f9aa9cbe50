import { base64url } from 'jose'
import type { Resources } from '../resources.ts'
import { makeChallenge } from './challenge.ts'
import { requestOptions } from './options.ts'

/** For whoever asks: nobody is named, and nothing is written. */
export const askForSignIn = async (resources: Resources) => {
  const challengeSecret = base64url.encode(resources.random(16))
  const challenge = await makeChallenge(resources, { purpose: 'sign-in', holder: challengeSecret })
  const options = requestOptions(resources.relyingParty, challenge)
  return { challengeId: challenge.id, challengeSecret, expiresAt: challenge.expiresAt, options }
}
