import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { createTokenVerifier, remoteKeys } from '@kontora/service'
import type { SeededRandom } from '../../stack/prove/random.ts'

export const issuer = 'https://auth.test'
export const kid = 'k1'

const time = new Date('2026-11-23T09:00:00Z')
export const now = () => time
export const seconds = time.getTime() / 1000

/** The DER before the 32 bytes of an Ed25519 key (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

export const encode = (text: string | Uint8Array): string => Buffer.from(text).toString('base64url')

/** Signs whatever text it is given, by RFC 8032 so that a seed makes the same tokens again. */
export const makeSigner = (random: SeededRandom) => {
  const secret = Buffer.from(Array.from({ length: 32 }, () => random.below(256)))
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, secret]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key)
  const signText = (text: string): Buffer => sign(null, Buffer.from(text), key)
  return {
    publicKey,
    jwk: publicKey.export({ format: 'jwk' }) as { kty: string; crv: string; x: string },
    signText,
    /** Two encoded segments become a token. */
    seal: (head: string, body: string): string => `${head}.${body}.${encode(signText(`${head}.${body}`))}`,
  }
}
export type Signer = ReturnType<typeof makeSigner>

export type Parts = { header: Record<string, unknown>; claims: Record<string, unknown> }

/** A token as `auth` writes it; ids of changing lengths, so that each segment ends in each way. */
export const drawParts = (random: SeededRandom): Parts => {
  const letters = (most: number) => 'abcdefghijklmno'.slice(0, 1 + random.below(most))
  return {
    header: { alg: 'EdDSA', typ: 'at+jwt', kid },
    claims: {
      iss: issuer,
      jti: `${random.below(2 ** 31)}${letters(3)}`,
      iat: seconds - random.below(200),
      exp: seconds + 1 + random.below(100),
      aud: 'portal',
      sub: `user-${letters(15)}`,
      sid: `session-${random.below(1000)}`,
      client_id: 'portal',
      auth_time: seconds - 1000,
      acr: 'one-factor',
      amr: ['otp'],
    },
  }
}

export const tokenOf = ({ seal }: Signer, { header, claims }: Parts): string =>
  seal(encode(JSON.stringify(header)), encode(JSON.stringify(claims)))

/** Our verifier as a service has it, with the keys behind real HTTP. It refuses, accepts, or fails (which is a fault of ours). */
export const openVerifier = ({ jwk }: Signer) => {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () => Response.json({ keys: [{ ...jwk, kid, alg: 'EdDSA', use: 'sig' }] }),
  })
  const key = remoteKeys({ url: server.url.href, now })
  const fresh = () => {
    const verify = createTokenVerifier({ issuer, audience: ['portal', 'payment'], key, now })
    return (token: string): Promise<Verdict> =>
      verify(token).then(
        () => 'accepted',
        (error: { code?: string }) => (error.code === 'not-signed-in' ? 'refused' : 'failed'),
      )
  }
  return { key, fresh, close: () => server.stop(true) }
}
export type Verdict = 'accepted' | 'refused' | 'failed'

/** Whether the texts of it, read and written again, are the same. */
export const encodesBack = (token: string): boolean => {
  const [head = '', body = '', signature = ''] = token.split('.')
  const again = (segment: string) =>
    encode(JSON.stringify(JSON.parse(Buffer.from(segment, 'base64url').toString())))
  return `${again(head)}.${again(body)}.${encode(Buffer.from(signature, 'base64url'))}` === token
}
