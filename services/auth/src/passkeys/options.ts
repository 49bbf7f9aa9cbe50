import { challengeMs, type MadeChallenge } from './challenge.ts'
import type { RelyingParty } from './settings.ts'
import { algorithms, handleOf } from './verify.ts'

export type KnownCredential = { credentialId: string; transports: string[] }

const descriptorOf = ({ credentialId, transports }: KnownCredential) => ({
  type: 'public-key',
  id: credentialId,
  ...(transports.length > 0 && { transports }),
})

/** For `PublicKeyCredential.parseCreationOptionsFromJSON`; `accountName` is shown by the authenticator and kept there alone. */
export const creationOptions = (
  { id, name }: RelyingParty,
  challenge: MadeChallenge,
  { userId, accountName, known }: { userId: string; accountName: string; known: KnownCredential[] },
) => ({
  rp: { id, name },
  user: { id: handleOf(userId), name: accountName, displayName: accountName },
  challenge: challenge.text,
  pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
  timeout: challengeMs,
  excludeCredentials: known.map(descriptorOf),
  authenticatorSelection: {
    residentKey: 'required',
    requireResidentKey: true,
    userVerification: 'required',
  },
  attestation: 'none',
})

/** For `PublicKeyCredential.parseRequestOptionsFromJSON`. Without `known` any passkey of this domain: nobody is named. */
export const requestOptions = (
  { id }: RelyingParty,
  challenge: MadeChallenge,
  known: KnownCredential[] = [],
) => ({
  rpId: id,
  challenge: challenge.text,
  timeout: challengeMs,
  userVerification: 'required',
  allowCredentials: known.map(descriptorOf),
})
