import { encode, issuer, type Parts, type Signer, seconds, tokenOf } from './issuer.ts'

type Change = Record<string, unknown>
type Wrong = [name: string, member: string, values: unknown[]]

const gone = undefined
const notText = [gone, null, 5, true, '', [], ['portal'], {}]

/** Members of the header that make a token no access token of ours, whoever signed it. */
const headers: Wrong[] = [
  ['alg', 'alg', ['none', 'None', 'NONE', 'HS256', 'HS512', 'RS256', 'PS256', 'ES256', 'ES512', 'Ed448']],
  ['alg of another spelling', 'alg', ['eddsa', 'EDDSA', 'EdDSA ', 'ed25519', '__proto__', ...notText]],
  ['alg that is an array', 'alg', [['EdDSA'], ['none', 'EdDSA']]],
  ['typ', 'typ', ['JWT', 'jwt', 'JOSE', 'logout+jwt', 'dpop+jwt', 'secevent+jwt', 'token-introspection+jwt']],
  [
    'typ of another spelling',
    'typ',
    ['AT+JWT', 'application/at+jwt', 'at+jwt ', 'at', ['at+jwt'], ...notText],
  ],
  ['kid', 'kid', ['k2', 'K1', 'k1 ', 'k1\u0000', '../k1', '__proto__', 'constructor', 'x'.repeat(900)]],
  ['kid of another type', 'kid', [['k1'], { k1: 1 }, ...notText]],
  ['crit', 'crit', [[], ['exp'], ['b64'], ['x'], ['alg'], 'exp', null, {}, true]],
  ['b64', 'b64', [false, true, null, 'false']],
]

const claims: Wrong[] = [
  ['iss', 'iss', ['https://evil.test', `${issuer}/`, issuer.toUpperCase(), [issuer], ...notText]],
  ['aud', 'aud', ['documents', 'Portal', 'portal ', ['payment', 'portal'], { portal: 1 }, ...notText]],
  ['exp', 'exp', [seconds, seconds - 1, 0, -1, 1e300, seconds + 361, seconds + 0.5, `${seconds + 60}`]],
  ['exp of another type', 'exp', [gone, null, true, [], [seconds + 60], {}, '']],
  ['iat', 'iat', [seconds + 11, seconds + 3600, -1, seconds - 0.5, `${seconds}`, gone, null, [seconds], {}]],
  ['iat long ago', 'iat', [0, seconds - 360]],
  ['nbf', 'nbf', [seconds + 1, seconds + 3600, `${seconds}`, null, [seconds]]],
  ['sub', 'sub', [...notText]],
  ['client_id', 'client_id', [...notText]],
  ['sid', 'sid', notText.filter((value) => value !== gone)],
  ['jti', 'jti', notText.filter((value) => value !== gone)],
  ['auth_time', 'auth_time', ['1', null, [1], -1, 1.5]],
  ['acr', 'acr', [5, null, ['one-factor'], {}]],
  ['amr', 'amr', ['otp', null, [5], [['otp']], {}]],
]

/** What is signed by our key, in our spelling, and must be refused all the same. */
export const signedWrongly = (signer: Signer, { header, claims: right }: Parts): [string, string][] => {
  const inHeader = (change: Change) => tokenOf(signer, { header: { ...header, ...change }, claims: right })
  const inClaims = (change: Change) => tokenOf(signer, { header, claims: { ...right, ...change } })
  const list = (wrong: Wrong[], write: (change: Change) => string): [string, string][] =>
    wrong.flatMap(([name, member, values]) =>
      values.map((value): [string, string] => [
        `${name}: ${JSON.stringify(value)?.slice(0, 40)}`,
        write({ [member]: value }),
      ]),
    )
  return [
    ...list(headers, inHeader),
    ...list(claims, inClaims),
    ['longer than a token may be', inClaims({ more: 'x'.repeat(3200) })],
  ]
}

const inner = '{"sub":"user"}'

/** Texts that are signed by our key and are no object, or one of another shape than claims have. */
export const signedNonsense = (signer: Signer, parts: Parts): [string, string][] => {
  const header = JSON.stringify(parts.header)
  const payload = JSON.stringify(parts.claims)
  const { claims } = parts
  const write = (head: string, body: string) => signer.seal(encode(head), encode(body))
  const payloads: Record<string, string> = {
    null: 'null',
    number: '5',
    text: JSON.stringify(payload),
    array: `[${payload}]`,
    'array of two': `[${payload},${payload}]`,
    'no JSON': 'sub',
    'two objects': `${payload}${payload}`,
    'nested claims': JSON.stringify({ claims }),
    'claims in a prototype': `{"__proto__":${payload}}`,
    'a token in a token': tokenOf(signer, parts),
    'very deep': `${'['.repeat(1400)}${']'.repeat(1400)}`,
    empty: '{}',
    half: inner,
  }
  return [
    ...Object.entries(payloads).map(([name, body]): [string, string] => [
      `payload: ${name}`,
      write(header, body),
    ]),
    ...['null', '5', '"EdDSA"', `[${header}]`, 'alg', '{}', `{"__proto__":${header}}`].map(
      (head): [string, string] => [`header: ${head.slice(0, 30)}`, write(head, payload)],
    ),
  ]
}
