import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import type { Store } from '../frame/store.ts'
import type { Login } from './logins.ts'
import type { Person } from './people.ts'
import { type Deviation, findValue, putValue, type Settings } from './settings.ts'

type Token = { iss: string; clientId: string; login: Login; person: Person; settings: Settings; now: Date }

const hour = 3600

export const makeIdToken = (store: Store, token: Token): string => {
  const { alg, segments, deviations } = token.settings
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claimsOf(token))}`
  if (alg === 'none') return segments === 2 ? signed : `${signed}.`
  const signature =
    alg === 'RS256' && !deviations.includes('wrong-signature')
      ? sign('sha256', Buffer.from(signed), signingKey(store))
      : randomBytes(alg === 'RS256' ? 256 : 64)
  return `${signed}.${signature.toString('base64url')}`
}

/** Sber hands the key over by hand, as PEM. */
export const publicKeyPem = (store: Store): string =>
  createPublicKey(signingKey(store)).export({ type: 'spki', format: 'pem' }).toString()

export const audienceOf = (clientId: string, deviations: Deviation[], wrong: Deviation): string => {
  if (deviations.includes(wrong)) return crypto.randomUUID()
  return deviations.includes('aud-upper') ? clientId.toUpperCase() : clientId
}

const claimsOf = ({ iss, clientId, login, person, settings: { deviations }, now }: Token): object => {
  const time = Math.floor(now.getTime() / 1000)
  return {
    iss: deviations.includes('wrong-iss') ? 'wrong.example' : iss,
    sub: person.sub,
    aud: audienceOf(clientId, deviations, 'wrong-aud'),
    exp: deviations.includes('expired') ? time - hour : time + hour,
    iat: deviations.includes('expired') ? time - 2 * hour : time,
    auth_time: Math.floor(login.signedInAt.getTime() / 1000),
    nonce: deviations.includes('wrong-nonce') ? 'wrong' : login.request.nonce,
    sid: crypto.randomUUID(),
    ...(person.sub_alt && { sub_alt: person.sub_alt }),
  }
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

const signingKey = (store: Store): KeyObject => {
  const kept = findValue(store, 'signing-key')
  if (kept) return createPrivateKey(kept)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  putValue(store, 'signing-key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  return privateKey
}
