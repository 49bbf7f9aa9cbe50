import { afterAll, expect, test } from 'bun:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { createTokenVerifier, remoteKeys } from './index.ts'

const issuer = 'https://auth.test'
const makeKey = async (kid: string) => {
  const pair = await generateKeyPair('Ed25519', { extractable: true })
  return {
    kid,
    privateKey: pair.privateKey,
    jwk: { ...(await exportJWK(pair.publicKey)), kid, alg: 'EdDSA', use: 'sig' },
  }
}
const first = await makeKey('first')
const second = await makeKey('second')

let published: unknown[] = [first.jwk]
let answer: () => Response | Promise<Response> = () => Response.json({ keys: published })
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
const pass = (ms: number) => {
  time = new Date(time.getTime() + ms)
}
const fromHere = () => {
  asked = 0
  published = [first.jwk]
  answer = () => Response.json({ keys: published })
}

/** What is asked there has come and gone, also on a loaded machine. */
const inBackground = () => Bun.sleep(30)

const open = () => {
  const verify = createTokenVerifier({
    issuer,
    audience: ['portal'],
    key: remoteKeys({ url: auth.url.href, now }),
    now,
  })
  return (token: string): Promise<string> =>
    verify(token).then(
      ({ sub }) => sub,
      (error: { code?: string }) => error.code ?? 'not a problem',
    )
}

let count = 0
const sign = ({ kid, privateKey }: typeof first, as = kid) => {
  const iat = Math.floor(now().getTime() / 1000)
  return new SignJWT({ sub: 'u1', client_id: 'portal', jti: String(++count), iat, exp: iat + 300 })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: as })
    .setIssuer(issuer)
    .setAudience('portal')
    .sign(privateKey)
}
const flood = (ask: ReturnType<typeof open>, strangers: number) =>
  Promise.all(Array.from({ length: strangers }, async (_, i) => ask(await sign(first, `unknown-${i}`))))

test('a flood of unknown keys asks auth once in 10 s', async () => {
  fromHere()
  const ask = open()
  expect(await ask(await sign(first))).toBe('u1')
  for (let second = 0; second < 60; second++) {
    expect(new Set(await flood(ask, 20))).toEqual(new Set(['not-signed-in']))
    pass(1000)
  }
  expect(asked).toBe(6)
})

test('a flood while auth is down asks it once in 10 s too, and known keys stay in use', async () => {
  fromHere()
  const ask = open()
  expect(await ask(await sign(first))).toBe('u1')
  answer = () => new Response('down', { status: 503 })
  pass(3_000_000)
  for (let second = 0; second < 30; second++) {
    expect(await ask(await sign(first))).toBe('u1')
    expect(new Set(await flood(ask, 10))).toEqual(new Set(['unavailable']))
    pass(1000)
  }
  expect(asked).toBe(1 + 3)
})

test('keys that auth has not confirmed for an hour are believed no more, until it answers again', async () => {
  fromHere()
  const ask = open()
  expect(await ask(await sign(first))).toBe('u1')
  answer = () => new Response('down', { status: 503 })
  pass(3_599_999)
  expect(await ask(await sign(first))).toBe('u1')
  await inBackground()
  pass(1)
  const before = asked
  for (let second = 0; second < 20; second++) {
    expect(await ask(await sign(first))).toBe('unavailable')
    pass(1000)
  }
  expect(asked - before).toBeLessThanOrEqual(2)
  answer = () => Response.json({ keys: published })
  pass(10_000)
  expect(await ask(await sign(first))).toBe('u1')
})

test('a key that was withdrawn while auth could not be heard is refused as soon as it can', async () => {
  fromHere()
  const ask = open()
  expect(await ask(await sign(first))).toBe('u1')
  published = [second.jwk]
  pass(3_600_000)
  expect(await ask(await sign(first))).toBe('not-signed-in')
  expect(await ask(await sign(second))).toBe('u1')
})

test('while auth lets the asker of an unknown key wait, a known one does not wait', async () => {
  fromHere()
  const ask = open()
  expect(await ask(await sign(first))).toBe('u1')
  const gate = Promise.withResolvers<void>()
  answer = async () => {
    await gate.promise
    return Response.json({ keys: published })
  }
  pass(600_000)
  let waiting = 0
  const waits = Array.from({ length: 5 }, async () => {
    waiting++
    const told = await ask(await sign(second))
    waiting--
    return told
  })
  for (let i = 0; i < 20; i++) expect(await ask(await sign(first))).toBe('u1')
  expect(waiting).toBe(5)
  published = [first.jwk, second.jwk]
  gate.resolve()
  expect(new Set(await Promise.all(waits))).toEqual(new Set(['u1']))
  expect(asked).toBe(2)
})

test('the set is asked anew within 5 minutes of use, so a key that is published before it signs is there', async () => {
  fromHere()
  const ask = open()
  for (let minute = 0; minute < 10; minute++) {
    expect(await ask(await sign(first))).toBe('u1')
    await inBackground()
    pass(60_000)
  }
  expect(asked).toBeGreaterThanOrEqual(3)
  published = [second.jwk]
  for (let minute = 0; minute < 6; minute++) {
    await ask(await sign(first))
    await inBackground()
    pass(60_000)
  }
  const before = asked
  expect(await ask(await sign(second))).toBe('u1')
  expect(asked - before).toBeLessThanOrEqual(1)
})

test('without any key auth is asked again after a second, and the process is well when it answers', async () => {
  fromHere()
  const ask = open()
  answer = () => new Response('starting', { status: 502 })
  expect(new Set(await flood(ask, 20))).toEqual(new Set(['unavailable']))
  expect(asked).toBe(1)
  answer = () => Response.json({ keys: published })
  pass(1000)
  expect(await ask(await sign(first))).toBe('u1')
})

test('a key of small order, of another kind or without a name is never one of ours, and takes no other with it', async () => {
  fromHere()
  const rsa = await generateKeyPair('RS256', { extractable: true })
  const strange = [
    ...['AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA_o'].map(
      (x) => {
        return { kty: 'OKP', crv: 'Ed25519', x, kid: 'small' }
      },
    ),
    { ...(await exportJWK(rsa.publicKey)), kid: 'rsa' },
    { kty: 'oct', k: 'AAAA', kid: 'secret' },
    { ...second.jwk, kid: undefined },
    { ...second.jwk, use: 'enc' },
    null,
    5,
  ]
  published = strange
  const ask = open()
  expect(await ask(await sign(first))).toBe('unavailable')
  published = [...strange, first.jwk]
  pass(1000)
  expect(await ask(await sign(first))).toBe('u1')
  const [head = '', body = ''] = (await sign(first, 'small')).split('.')
  const forged = Buffer.alloc(64)
  forged[0] = 1
  expect(await ask(`${head}.${body}.${forged.toString('base64url')}`)).toBe('not-signed-in')
})

test('an answer without a usable key leaves the known ones in use', async () => {
  fromHere()
  const ask = open()
  expect(await ask(await sign(first))).toBe('u1')
  for (const broken of ['[]', '{"keys":[]}', '<html>', '{"keys":{}}']) {
    answer = () => new Response(broken)
    pass(600_000)
    expect(await ask(await sign(first, 'other'))).toBe('unavailable')
    expect(await ask(await sign(first))).toBe('u1')
  }
})
