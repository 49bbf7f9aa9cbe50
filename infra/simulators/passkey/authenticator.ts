import { concatenated, encodeCbor } from './cbor.ts'
import { type Algorithm, makeKey } from './key-pair.ts'

export type { Algorithm }

/** What a page hands to the browser; `challenge` and ids are base64url. */
export type CreationOptions = { rp: { id: string }; user: { id: string }; challenge: string }
export type RequestOptions = { rpId: string; challenge: string }

/** Where it differs from what an honest browser and authenticator would do. */
export type Twist = {
  origin?: string
  rpId?: string
  challenge?: string
  type?: string
  crossOrigin?: boolean
  userPresent?: boolean
  userVerified?: boolean
  backupEligible?: boolean
  backedUp?: boolean
  counter?: number
  userHandle?: string | null
  credentialId?: string
  /** Signs with a key of its own, not with the credential's. */
  forged?: boolean
}

export type Passkey = Awaited<ReturnType<typeof createPasskey>>

type Options = {
  algorithm: Algorithm
  origin: string
  /** A security key counts, a passkey that is copied between devices does not. */
  counts?: boolean
  backupEligible?: boolean
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

const clientData = (
  type: string,
  challenge: string,
  { origin, crossOrigin = false }: Twist & { origin: string },
) => new TextEncoder().encode(JSON.stringify({ type, challenge, origin, crossOrigin }))

/** WebAuthn section 6.1: UP, UV, BE, BS, and AT when a credential follows. */
const flagsOf = (twist: Twist, backupEligible: boolean, withCredential: boolean): number => {
  const { userPresent = true, userVerified = true } = twist
  const { backupEligible: eligible = backupEligible, backedUp = eligible } = twist
  const bits: [boolean, number][] = [
    [userPresent, 0x01],
    [userVerified, 0x04],
    [eligible, 0x08],
    [backedUp, 0x10],
    [withCredential, 0x40],
  ]
  return bits.reduce((flags, [isSet, bit]) => (isSet ? flags | bit : flags), 0)
}

const bigEndian = (value: number, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => (value >>> (8 * (bytes - 1 - i))) & 255)

/** A browser with one discoverable credential of its own, written from the WebAuthn specification. */
export const createPasskey = async ({
  algorithm,
  origin,
  counts = true,
  backupEligible = false,
}: Options) => {
  const key = await makeKey(algorithm)
  const stranger = await makeKey(algorithm)
  const id = crypto.getRandomValues(new Uint8Array(32))
  let counter = 0
  let userHandle = ''

  const authenticatorData = async (rpId: string, twist: Twist, credential: Uint8Array = new Uint8Array()) => {
    if (counts) counter += 1
    return concatenated([
      await sha256(new TextEncoder().encode(twist.rpId ?? rpId)),
      Uint8Array.of(flagsOf(twist, backupEligible, credential.length > 0)),
      bigEndian(twist.counter ?? counter, 4),
      credential,
    ])
  }

  const credentialOf = (twist: Twist) => {
    const ownId = twist.credentialId ?? base64url(id)
    return { id: ownId, rawId: ownId, type: 'public-key', clientExtensionResults: {} }
  }

  return {
    id: base64url(id),
    publicKey: base64url(key.publicKey),
    /** `navigator.credentials.create`, with attestation `none`. */
    create: async ({ rp, user, challenge }: CreationOptions, twist: Twist = {}) => {
      userHandle = user.id
      const attested = concatenated([new Uint8Array(16), bigEndian(id.length, 2), id, key.publicKey])
      const clientDataJSON = clientData(twist.type ?? 'webauthn.create', twist.challenge ?? challenge, {
        origin,
        ...twist,
      })
      const attestationObject = encodeCbor(
        new Map<string, Parameters<typeof encodeCbor>[0]>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', await authenticatorData(rp.id, twist, attested)],
        ]),
      )
      return {
        ...credentialOf(twist),
        response: {
          clientDataJSON: base64url(clientDataJSON),
          attestationObject: base64url(attestationObject),
          transports: ['internal'],
        },
      }
    },
    /** `navigator.credentials.get`. */
    get: async ({ rpId, challenge }: RequestOptions, twist: Twist = {}) => {
      const data = await authenticatorData(rpId, twist)
      const clientDataJSON = clientData(twist.type ?? 'webauthn.get', twist.challenge ?? challenge, {
        origin,
        ...twist,
      })
      const signed = concatenated([data, await sha256(clientDataJSON)])
      const handle = twist.userHandle === undefined ? userHandle : twist.userHandle
      return {
        ...credentialOf(twist),
        response: {
          clientDataJSON: base64url(clientDataJSON),
          authenticatorData: base64url(data),
          signature: base64url(await (twist.forged ? stranger : key).sign(signed)),
          ...(handle !== null && { userHandle: handle }),
        },
      }
    },
  }
}
