import { afterAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { createTokenVerifier, remoteKeys } from './index.ts'

const issuer = 'https://auth.test'
const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'EdDSA', use: 'sig' }] }

let answer: () => Response = () => Response.json(jwks)
let asked = 0
const auth = Bun.serve({
  port: 0,
  fetch: () => {
    asked++
    return answer()
  },
})
afterAll(() => auth.stop(true))

let time = new Date('2026-11-23T09:00:00Z')
const now = () => time
const seconds = () => Math.floor(now().getTime() / 1000)

const verifier = (url = auth.url.href) =>
  createTokenVerifier({ issuer, audience: ['portal', 'payment'], key: remoteKeys({ url, now }), now })

const claims = (): JWTPayload => ({
  sub: 'u1',
  sid: 's1',
  client_id: 'portal',
  iss: issuer,
  aud: 'portal',
  iat: seconds(),
  exp: seconds() + 300,
})
const header = { alg: 'EdDSA', typ: 'at+jwt', kid: 'k1' }
const sign = (more: object = {}, headers: object = {}, key = privateKey) =>
  new SignJWT({ ...claims(), ...more }).setProtectedHeader({ ...header, ...headers }).sign(key)

const outcome = async (verify: ReturnType<typeof verifier>, token: string): Promise<string> =>
  verify(token).then(
    ({ sub }) => sub,
    (error: { code?: string }) => error.code ?? 'not a problem',
  )

test('a token of auth for this service or for the portal is taken', async () => {
  const verify = verifier()
  expect(await outcome(verify, await sign())).toBe('u1')
  expect(await outcome(verify, await sign({ aud: 'payment', sub: 'documents', sid: undefined }))).toBe(
    'documents',
  )
})

test('another issuer, audience, type, key or algorithm is refused, as is a token without an end', async () => {
  const verify = verifier()
  const stranger = await generateKeyPair('EdDSA')
  const rsa = await generateKeyPair('RS256')
  const wrong = [
    await sign({ iss: 'https://evil.test' }),
    await sign({ aud: 'documents' }),
    await sign({ exp: undefined }),
    await sign({ client_id: undefined }),
    await sign({ client_id: 5 }),
    await sign({}, { typ: 'JWT' }),
    await sign({}, { typ: undefined }),
    await sign({}, { crit: ['b64'], b64: false }).catch(() => 'a.b.c'),
    await sign({}, {}, stranger.privateKey),
    await sign({}, { alg: 'RS256' }, rsa.privateKey),
    await new SignJWT(claims())
      .setProtectedHeader({ ...header, alg: 'HS256' })
      .sign(new TextEncoder().encode(JSON.stringify(jwks.keys[0]))),
    new UnsecuredJWT(claims()).encode(),
  ]
  for (const token of wrong) expect(await outcome(verify, token)).toBe('not-signed-in')
})

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

test('of the many ways to write a token one is taken, also beside a known one', async () => {
  const verify = verifier()
  const token = await sign()
  expect(await outcome(verify, token)).toBe('u1')
  const spare = letters[letters.indexOf(token.at(-1) ?? '') + 1]
  const twins = [
    `${token.slice(0, -1)}${spare}`,
    `${token}=`,
    `${token}==`,
    `${token}\n`,
    `${token} `,
    token.replace('.', '=.'),
  ]
  for (const twin of twins) expect(await outcome(verify, twin)).toBe('not-signed-in')
})

test('a token from the time to come, or that lives longer than a revocation is remembered, is refused', async () => {
  const verify = verifier()
  expect(await outcome(verify, await sign({ iat: seconds() + 10, exp: seconds() + 310 }))).toBe('u1')
  expect(await outcome(verify, await sign({ iat: seconds() + 11, exp: seconds() + 311 }))).toBe(
    'not-signed-in',
  )
  expect(await outcome(verify, await sign({ exp: seconds() + 361 }))).toBe('not-signed-in')
})

test('a token ends at its end, also one that was verified a moment before', async () => {
  const verify = verifier()
  const token = await sign({ exp: seconds() + 20 })
  expect(await outcome(verify, token)).toBe('u1')
  time = new Date(time.getTime() + 20_000)
  expect(await outcome(verify, token)).toBe('not-signed-in')
})

test('a known token is verified again after 60 s, and its key is asked for only once', async () => {
  const verify = verifier()
  const before = asked
  const token = await sign()
  for (let i = 0; i < 5; i++) await verify(token)
  time = new Date(time.getTime() + 61_000)
  expect(await outcome(verify, token)).toBe('u1')
  expect(asked - before).toBe(1)
})

test('keys that cannot be asked are no fault of the token', async () => {
  const token = await sign()
  expect(await outcome(verifier('http://127.0.0.1:1/jwks'), token)).toBe('unavailable')
  for (const broken of [
    () => new Response('gone', { status: 500 }),
    () => new Response('<html>'),
    () => Response.json([]),
  ]) {
    answer = broken
    expect(await outcome(verifier(), token)).toBe('unavailable')
  }
  answer = () => Response.json(jwks)
  expect(await outcome(verifier(), token)).toBe('u1')
})

test('a key that auth does not have is refused, and asks auth no more than once in 10 s', async () => {
  const verify = verifier()
  await verify(await sign())
  const before = asked
  for (let i = 0; i < 20; i++)
    expect(await outcome(verify, await sign({}, { kid: `x${i}` }))).toBe('not-signed-in')
  expect(asked - before).toBeLessThanOrEqual(1)
})

test('garbage is refused as such, never as a fault of ours, whether auth can be reached or not', async () => {
  const real = await sign()
  const [head = '', body = '', signature = ''] = real.split('.')
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')
  const text = fc.string({ unit: fc.constantFrom(...'ABab01-_.='), maxLength: 60 })
  const headers = fc.oneof(
    fc.json().map((json) => Buffer.from(json).toString('base64url')),
    fc
      .record({ alg: fc.constantFrom('none', 'HS256', 'ES256', 5), typ: fc.constantFrom('at+jwt', 5, null) })
      .map(encode),
    text,
  )
  const token = fc.oneof(
    text,
    fc.tuple(headers, text, text).map((parts) => parts.join('.')),
    text.map((part) => `${part}.${body}.${signature}`),
    text.map((part) => `${head}.${body}x${part}.${signature}`),
  )
  const away = verifier('http://127.0.0.1:1/jwks')
  const verify = verifier()
  await verify(real)
  await fc.assert(
    fc.asyncProperty(token, async (garbage) => {
      expect(await outcome(verify, garbage)).toBe('not-signed-in')
    }),
    { numRuns: 500 },
  )
  for (const garbage of ['', 'x', 'a.b.c', `${encode(null)}.${body}.`, `${encode({ alg: 'none' })}.${body}.`])
    expect(await outcome(away, garbage)).toBe('not-signed-in')
})
