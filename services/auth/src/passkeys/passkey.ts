import { Id, Name } from '@kontora/validation'
import * as v from 'valibot'

export const passkeysPerPerson = 20

export type Passkey = {
  id: string
  userId: string
  credentialId: string
  publicKey: string
  counter: number
  backupEligible: boolean
}

const Base64Url = (longest: number) =>
  v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/, 'base64url'), v.maxLength(longest))

export const ChallengeId = v.pipe(v.string(), v.regex(/^\d{13}\.[A-Za-z0-9_-]{22}$/, 'as it was given'))
export const PasskeyName = Name(100)

/** A credential id has 1023 bytes at most. What a browser adds besides is of no use here. */
const credential = { id: Base64Url(1364), rawId: Base64Url(1364), type: v.literal('public-key') }

/** `PublicKeyCredential.toJSON()` after `navigator.credentials.create`. */
export const Attestation = v.object({
  ...credential,
  response: v.object({
    clientDataJSON: Base64Url(4096),
    attestationObject: Base64Url(16_384),
    transports: v.optional(
      v.pipe(v.array(v.pipe(v.string(), v.regex(/^[a-z-]{1,32}$/, 'a transport'))), v.maxLength(10)),
    ),
  }),
})
export type Attestation = v.InferOutput<typeof Attestation>

/** The same after `navigator.credentials.get`. */
export const Assertion = v.object({
  ...credential,
  response: v.object({
    clientDataJSON: Base64Url(4096),
    authenticatorData: Base64Url(4096),
    signature: Base64Url(1024),
    userHandle: v.nullish(Base64Url(128)),
  }),
})
export type Assertion = v.InferOutput<typeof Assertion>

export const PasskeyAnswer = v.object({
  id: Id,
  name: v.string(),
  addedAt: v.string(),
  usedAt: v.nullable(v.string()),
  backedUp: v.boolean(),
})
