import { createHmac } from 'node:crypto'
import { base64url, type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'

/** What a provider's `id_token` may have wrong, signed by its own key all the same. */
const claims: Record<string, (claims: Claims) => Claims> = {
  'another nonce': (all) => ({ ...all, nonce: 'n'.repeat(43) }),
  'no nonce': ({ nonce: _, ...all }) => all,
  'a nonce of another type': (all) => ({ ...all, nonce: [all.nonce] }),
  'another audience': (all) => ({ ...all, aud: 'somebody-else' }),
  'no audience': ({ aud: _, ...all }) => all,
  'two audiences without an azp': (all) => ({ ...all, aud: [all.aud, 'somebody-else'] }),
  'another azp': (all) => ({ ...all, azp: 'somebody-else' }),
  'two audiences and another azp': (all) => ({ ...all, aud: [all.aud, 'other'], azp: 'other' }),
  'another issuer': (all) => ({ ...all, iss: 'https://somebody.example' }),
  'its issuer with a slash': (all) => ({ ...all, iss: `${all.iss}/` }),
  'no issuer': ({ iss: _, ...all }) => all,
  expired: (all) => ({ ...all, exp: seconds() - 61 }),
  'no end': ({ exp: _, ...all }) => all,
  'an end that is a text': (all) => ({ ...all, exp: String(all.exp) }),
  'issued long ago': (all) => ({ ...all, iat: seconds() - 700 }),
  'issued in time to come': (all) => ({ ...all, iat: seconds() + 120 }),
  'no time of issue': ({ iat: _, ...all }) => all,
  'not good yet': (all) => ({ ...all, nbf: seconds() + 120 }),
  'no subject': ({ sub: _, ...all }) => all,
  'an empty subject': (all) => ({ ...all, sub: '' }),
  'a subject of 256 characters': (all) => ({ ...all, sub: 's'.repeat(256) }),
  'a subject that is a number': (all) => ({ ...all, sub: 7 }),
  "another access token's hash": (all) => ({ ...all, at_hash: base64url.encode(new Uint8Array(16)) }),
}

type Claims = Record<string, unknown>
const seconds = () => Math.floor(Date.now() / 1000)

export type Signer = { jwk: JWK; privateKey: CryptoKey; clientSecret: string }
type Sign = (claims: Claims, by: Signer) => Promise<string>

const unsigned = (header: object, all: Claims): string =>
  [header, all].map((part) => base64url.encode(JSON.stringify(part))).join('.')

const byHmac = (secret: string | Uint8Array, header: object, all: Claims): string => {
  const text = unsigned({ alg: 'HS256', ...header }, all)
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

const stranger = generateKeyPair('RS256', { extractable: true })

/** Signatures that prove nothing. */
const signatures: Record<string, Sign> = {
  'signed by nothing': async (all) => `${unsigned({ alg: 'none' }, all)}.`,
  'signed by NONE': async (all) => `${unsigned({ alg: 'NONE' }, all)}.`,
  'two segments': async (all) => unsigned({ alg: 'none' }, all),
  "signed by the client's secret": async (all, { clientSecret }) => byHmac(clientSecret, {}, all),
  'signed by the public key as a secret': async (all, { jwk }) =>
    byHmac(base64url.decode(jwk.n ?? ''), { kid: jwk.kid }, all),
  'signed by another key under the name of its own': async (all, { jwk }) =>
    new SignJWT(all)
      .setProtectedHeader({ alg: 'RS256', kid: jwk.kid ?? '' })
      .sign((await stranger).privateKey),
  'signed by a key that it never published': async (all) =>
    new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid: 'unknown' }).sign((await stranger).privateKey),
  'signed by a key that lies in the token': async (all) =>
    new SignJWT(all)
      .setProtectedHeader({ alg: 'RS256', jwk: await exportJWK((await stranger).publicKey) })
      .sign((await stranger).privateKey),
  'an algorithm that it has not announced': async (all, { jwk: { alg: _, ...jwk } }) =>
    new SignJWT(all)
      .setProtectedHeader({ alg: 'RS512', kid: jwk.kid ?? '' })
      .sign(await importJWK(jwk, 'RS512')),
  'a signature cut off': async (all, by) => `${(await byItself(all, by)).split('.').slice(0, 2).join('.')}.`,
  'a changed letter': async (all, by) => {
    const token = await byItself(all, by)
    return `${token.slice(0, -10)}${token.at(-10) === 'A' ? 'B' : 'A'}${token.slice(-9)}`
  },
  garbage: async () => 'no.token.at-all',
}

const byItself: Sign = (all, { privateKey, jwk }) =>
  new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid: jwk.kid ?? '' }).sign(privateKey)

/** By name, what stands in place of the token that the provider gave. */
export const deviations: Record<string, Sign> = {
  'as it is': byItself,
  ...Object.fromEntries(
    Object.entries(claims).map(([name, change]): [string, Sign] => [
      name,
      (all, by) => byItself(change(all), by),
    ]),
  ),
  ...signatures,
}
