import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import { decodeAttestationObject } from '@simplewebauthn/server/helpers'
import { base64url } from 'jose'
import { isOneOf } from '../secrets/pepper.ts'
import type { Challenge } from './challenge.ts'
import type { Assertion, Attestation, Passkey } from './passkey.ts'
import type { RelyingParty } from './settings.ts'

/** EdDSA, ES256, and RS256 for Windows Hello. */
export const algorithms = [-8, -7, -257]

export type Verified = { counter: number; backupEligible: boolean; backedUp: boolean }
export type VerifiedCredential = Verified & {
  credentialId: string
  publicKey: string
  transports: string[]
}

/** Everything that its bytes can be wrong in is a refusal, whatever the library throws. */
const orUndefined = <Value>(work: () => Promise<Value | undefined>): Promise<Value | undefined> =>
  work().catch(() => undefined)

/** No page of ours asks for a passkey out of a frame in somebody else's. */
const isFramed = (clientDataJSON: string): boolean => {
  const { crossOrigin } = JSON.parse(new TextDecoder().decode(base64url.decode(clientDataJSON))) as {
    crossOrigin?: unknown
  }
  return crossOrigin !== undefined && crossOrigin !== false
}

/** We ask for no attestation. One with certificates would have us fetch what they name. */
const hasCertificates = (attestationObject: string): boolean => {
  const attestation = decodeAttestationObject(new Uint8Array(base64url.decode(attestationObject)))
  if (attestation.get('fmt') === 'none') return false
  return attestation.get('fmt') !== 'packed' || attestation.get('attStmt').get('x5c') !== undefined
}

const withExtensions = { clientExtensionResults: {} }

export const verifyAttestation = (
  { id, origins }: RelyingParty,
  challenge: Challenge,
  { response, ...credential }: Attestation,
): Promise<VerifiedCredential | undefined> =>
  orUndefined(async () => {
    if (isFramed(response.clientDataJSON) || hasCertificates(response.attestationObject)) return undefined
    const { transports = [], ...rest } = response
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...credential, ...withExtensions, response: rest },
      expectedChallenge: (text) => isOneOf(text, challenge.texts),
      expectedOrigin: origins,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    })
    if (!verified || registrationInfo.credential.id !== credential.id) return undefined
    return {
      credentialId: registrationInfo.credential.id,
      publicKey: base64url.encode(registrationInfo.credential.publicKey),
      counter: registrationInfo.credential.counter,
      backupEligible: registrationInfo.credentialDeviceType === 'multiDevice',
      backedUp: registrationInfo.credentialBackedUp,
      transports,
    }
  })

/** A passkey that may be copied to other devices may so from its first day: one that changes in this is another. */
export const verifyAssertion = (
  { id, origins }: RelyingParty,
  challenge: Challenge,
  passkey: Passkey,
  { response, ...credential }: Assertion,
): Promise<Verified | undefined> =>
  orUndefined(async () => {
    const { userHandle, ...rest } = response
    if (isFramed(rest.clientDataJSON)) return undefined
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...credential, ...withExtensions, response: rest },
      expectedChallenge: (text) => isOneOf(text, challenge.texts),
      expectedOrigin: origins,
      expectedRPID: id,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(base64url.decode(passkey.publicKey)),
        counter: passkey.counter,
      },
    })
    const backupEligible = authenticationInfo.credentialDeviceType === 'multiDevice'
    if (!verified || backupEligible !== passkey.backupEligible) return undefined
    if (userHandle && userHandle !== handleOf(passkey.userId)) return undefined
    return {
      counter: authenticationInfo.newCounter,
      backupEligible,
      backedUp: authenticationInfo.credentialBackedUp,
    }
  })

/** What an authenticator keeps as the user: an id, no name and no address. */
export const handleOf = (userId: string): string => base64url.encode(userId)
