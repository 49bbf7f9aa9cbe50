import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { negated, smallPoints, twinsOf } from './ed25519.ts'
import { encode, type Parts, type Signer, tokenOf } from './issuer.ts'

const textOf = ({ header, claims }: Parts, change: object = {}): string =>
  `${encode(JSON.stringify({ ...header, ...change }))}.${encode(JSON.stringify(claims))}`

/** Our public key, in every form in which somebody might take it for a secret. */
const secretsOf = ({ publicKey, jwk }: Signer): (string | Buffer)[] => [
  publicKey.export({ type: 'spki', format: 'pem' }),
  publicKey.export({ type: 'spki', format: 'der' }),
  JSON.stringify(jwk),
  jwk.x,
  Buffer.from(jwk.x, 'base64url'),
  '',
]

const confusions = (signer: Signer, parts: Parts): string[] =>
  secretsOf(signer).flatMap((secret) =>
    [256, 384, 512].flatMap((bits) =>
      [`HS${bits}`, 'EdDSA'].map((alg) => {
        const text = textOf(parts, { alg })
        return `${text}.${createHmac(`sha${bits}`, secret).update(text).digest('base64url')}`
      }),
    ),
  )

/** A stranger's key, offered in the token itself in every way that RFC 7515 knows. */
const embedded = (parts: Parts, url: string): string[] => {
  const own = generateKeyPairSync('ed25519')
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = own.publicKey.export({ format: 'jwk' })
  const offers: object[] = [
    {},
    { jwk },
    { jwk: { ...jwk, kid: parts.header.kid }, kid: undefined },
    { jku: url },
    { x5u: url },
    { x5c: [own.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] },
    { jku: url, kid: 'stranger' },
  ]
  const byEd25519 = offers.map((offer) => {
    const text = textOf(parts, offer)
    return `${text}.${encode(sign(null, Buffer.from(text), own.privateKey))}`
  })
  const byEc = ['ES256', 'EdDSA'].map((alg) => {
    const text = textOf(parts, { alg, jwk: ec.publicKey.export({ format: 'jwk' }) })
    const signature = sign('sha256', Buffer.from(text), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' })
    return `${text}.${encode(signature)}`
  })
  return [...byEd25519, ...byEc]
}

/** Signatures that are nearly ours, or fit many texts. */
const signatures = (signer: Signer, parts: Parts): Buffer[] => {
  const text = textOf(parts)
  const right = signer.signText(text)
  const zero = Buffer.alloc(32)
  const [r, s] = [right.subarray(0, 32), right.subarray(32)]
  const otherSign = Buffer.from(right)
  otherSign[31] = (otherSign[31] ?? 0) ^ 0x80
  return [
    ...[Buffer.alloc(0), Buffer.alloc(64), Buffer.alloc(64, 0xff), Buffer.alloc(32)],
    ...[1, 31, 32, 33, 63].map((length) => right.subarray(0, length)),
    ...[Buffer.concat([right, Buffer.alloc(1)]), Buffer.concat([right, right]), Buffer.concat([zero, right])],
    ...[
      Buffer.concat([s, r]),
      Buffer.concat([r, zero]),
      Buffer.concat([zero, s]),
      Buffer.from(right).reverse(),
    ],
    ...[otherSign, negated(right), ...twinsOf(right)],
    ...smallPoints.flatMap((point) => [Buffer.concat([point, zero]), Buffer.concat([point, s])]),
    ...[text.split('.')[1] ?? '', `${text}.`, JSON.stringify(parts.claims), ''].map(signer.signText),
  ]
}

export const signedByOthers = (
  signer: Signer,
  parts: Parts,
  other: Parts,
  url: string,
): [string, string][] => {
  const text = textOf(parts)
  const [head, body] = text.split('.')
  const [, otherBody = '', otherSignature = ''] = tokenOf(signer, other).split('.')
  const named = (name: string, tokens: string[]): [string, string][] =>
    tokens.map((token, i) => [`${name} ${i + 1}`, token])
  return [
    ...named('the public key as a secret', confusions(signer, parts)),
    ...named('a key of its own', embedded(parts, url)),
    ...named(
      'signature',
      signatures(signer, parts).map((one) => `${text}.${encode(one)}`),
    ),
    ...named(
      'none',
      ['none', 'None', 'nOnE'].map((alg) => `${textOf(parts, { alg, kid: undefined })}.`),
    ),
    ...named('of another token', [
      `${text}.${otherSignature}`,
      `${head}.${otherBody}.${encode(signer.signText(text))}`,
    ]),
    ...named('encrypted', [
      `${encode('{"alg":"dir","enc":"A256GCM"}')}..${encode('123456789012')}.${body}.${encode('x'.repeat(16))}`,
      `${encode('{"alg":"ECDH-ES","enc":"A256GCM"}')}.${body}.${head}.${body}.${otherSignature}`,
    ]),
  ]
}
