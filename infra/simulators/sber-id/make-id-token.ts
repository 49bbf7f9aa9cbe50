import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import type { Store } from '../frame/store.ts'
import { type Deviation, deviate } from './deviations.ts'
import type { Login } from './logins.ts'
import type { Person } from './people.ts'
import { findValue, putValue, type Settings } from './settings.ts'

type Token = { iss: string; clientId: string; login: Login; person: Person; settings: Settings; now: Date }

const hour = 3600

export const makeIdToken = (store: Store, token: Token): string => {
  const { alg, segments, deviations } = token.settings
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claimsOf(token))}`
  const signature = signatureOf(store, signed, alg, deviations)
  if (segments === 2) return signed
  return `${signed}.${signature.toString('base64url')}`
}

const bytesOf = { none: 0, RS256: 256, HS256: 32, 'gost34-10.2012': 64 }

const signatureOf = (store: Store, signed: string, alg: Settings['alg'], deviations: Deviation[]): Buffer => {
  if (alg === 'RS256' && !deviations.includes('wrong-signature'))
    return sign('sha256', Buffer.from(signed), signingKey(store))
  return randomBytes(deviations.includes('signed-none') ? 64 : bytesOf[alg])
}

/** Sber hands the key over by hand, as PEM. */
export const publicKeyPem = (store: Store): string =>
  createPublicKey(signingKey(store)).export({ type: 'spki', format: 'pem' }).toString()

const claimsOf = ({ iss, clientId, login, person, settings: { deviations }, now }: Token): object => {
  const time = Math.floor(now.getTime() / 1000)
  const claims = {
    iss,
    sub: person.sub,
    aud: clientId,
    exp: time + hour,
    iat: time,
    auth_time: Math.floor(login.signedInAt.getTime() / 1000),
    nonce: login.request.nonce,
    sid: crypto.randomUUID(),
    ...(person.sub_alt && { sub_alt: person.sub_alt }),
  }
  return deviate(claims, deviations)
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

export const unsignedJwt = (payload: object): string =>
  `${encode({ alg: 'none', typ: 'JWT' })}.${encode(payload)}.`

const signingKey = (store: Store): KeyObject => {
  const kept = findValue(store, 'signing-key')
  if (kept) return createPrivateKey(kept)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  putValue(store, 'signing-key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  return privateKey
}
