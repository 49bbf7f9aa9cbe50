import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  jwtVerify,
  SignJWT,
} from 'jose'
import { issuer, openWorld, type World } from '../testing.node.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

let count = 0
const signIn = (headers: Record<string, string> = {}) => {
  const email = `holder-${++count}@example.com`
  world.invite(email)
  return world.signInAs(email, headers)
}

const here = { 'user-agent': 'one browser' }
const elsewhere = { 'user-agent': 'another browser' }
type Answer = { access_token: string; refresh_token: string; error?: string; expires_in: number }
const refresh = async (refresh_token: string, headers: Record<string, string> = here) => {
  const answer = await world.form('/v1/token', { grant_type: 'refresh_token', refresh_token }, headers)
  return { status: answer.status, body: (await answer.json()) as Answer }
}

const assertion = (claims: Record<string, unknown> = {}, key = world.machineKey) => {
  const time = Math.floor(world.resources.now().getTime() / 1000)
  const right = { iss: 'payment', sub: 'payment', aud: issuer, iat: time, exp: time + 60 }
  return new SignJWT({ ...right, jti: crypto.randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'EdDSA' })
    .sign(key)
}
const machine = async (client_assertion: string, change: Record<string, string> = {}) => {
  const answer = await world.form('/v1/token', {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
    audience: 'client',
    ...change,
  })
  return { status: answer.status, body: (await answer.json()) as Answer }
}

test('an access token says who and how he signed in, verifies by the published keys and holds no role', async () => {
  const { accessToken, userId, sessionId } = await signIn()
  const keys = (await (await world.get('/.well-known/jwks.json')).json()) as JSONWebKeySet
  const { payload, protectedHeader } = await jwtVerify(accessToken, createLocalJWKSet(keys), {
    issuer,
    audience: 'portal',
    typ: 'at+jwt',
    currentDate: world.resources.now(),
  })
  expect(protectedHeader.alg).toBe('EdDSA')
  expect(payload).toMatchObject({ sub: userId, sid: sessionId, client_id: 'portal', amr: ['otp'] })
  expect(Object.keys(payload).sort()).toEqual(
    ['acr', 'amr', 'aud', 'auth_time', 'client_id', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'].sort(),
  )
  expect(payload.exp! - payload.iat!).toBe(300)
  expect(JSON.stringify(keys)).not.toContain('"d":')
})

test('a refresh gives new tokens of the same session, in the shape of RFC 6749', async () => {
  const { refreshToken, sessionId } = await signIn(here)
  const { status, body } = await refresh(refreshToken)
  expect(status).toBe(200)
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 300 })
  expect(body.refresh_token).not.toBe(refreshToken)
  expect(decodeJwt(body.access_token).sid).toBe(sessionId)
})

test('fifty refreshes of one token at once go on as one family, and nobody is signed out', async () => {
  const { refreshToken } = await signIn(here)
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)))
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  const next = new Set(answers.map(({ body }) => body.refresh_token))
  expect(next.size).toBe(1)
  expect((await refresh([...next][0]!)).status).toBe(200)
})

const expectDead = async (sessionId: string, token: string) => {
  expect((await refresh(token)).body.error).toBe('invalid_grant')
  const reused = await world.events('auth.refresh-reused')
  const revoked = await world.events('auth.session-revoked')
  expect(reused.filter((event) => event.sessionId === sessionId)).toHaveLength(1)
  expect(revoked.filter((event) => event.sessionId === sessionId)).toHaveLength(1)
}

test('a token used again from elsewhere kills the family, also within the grace', async () => {
  const { refreshToken, sessionId } = await signIn(here)
  const { body } = await refresh(refreshToken)
  expect((await refresh(refreshToken, elsewhere)).status).toBe(400)
  await expectDead(sessionId, body.refresh_token)
})

test('a token used again after the grace kills the family', async () => {
  const { refreshToken, sessionId } = await signIn(here)
  const { body } = await refresh(refreshToken)
  world.pass(10_001)
  expect((await refresh(refreshToken)).status).toBe(400)
  await expectDead(sessionId, body.refresh_token)
})

test('a token that is two generations old kills the family at once', async () => {
  const { refreshToken, sessionId } = await signIn(here)
  const second = await refresh(refreshToken)
  const third = await refresh(second.body.refresh_token)
  expect((await refresh(refreshToken)).status).toBe(400)
  await expectDead(sessionId, third.body.refresh_token)
})

test('a forged token of a known session is refused and harms nobody', async () => {
  const { refreshToken, sessionId } = await signIn(here)
  const forged = Buffer.from(`${sessionId}.1.${'A'.repeat(43)}`).toString('base64url')
  expect((await refresh(forged)).body.error).toBe('invalid_grant')
  expect((await refresh('nothing')).body.error).toBe('invalid_grant')
  expect((await refresh(refreshToken)).status).toBe(200)
})

test('a session ends 30 days after its sign-in, however often it was refreshed', async () => {
  let { refreshToken } = await signIn(here)
  for (let day = 0; day < 29; day++) {
    world.pass(24 * 60 * 60_000)
    refreshToken = (await refresh(refreshToken)).body.refresh_token
  }
  world.pass(24 * 60 * 60_000)
  expect((await refresh(refreshToken)).body.error).toBe('invalid_grant')
})

test('a blocked person refreshes nothing', async () => {
  const { refreshToken, userId } = await signIn(here)
  await world.testAccess.block(userId)
  expect((await refresh(refreshToken)).body.error).toBe('invalid_grant')
})

test('a machine gets a token for the one service that it names, and no session', async () => {
  const { status, body } = await machine(await assertion())
  expect(status).toBe(200)
  expect(decodeProtectedHeader(body.access_token).typ).toBe('at+jwt')
  const claims = decodeJwt(body.access_token)
  expect(claims).toMatchObject({ iss: issuer, sub: 'payment', client_id: 'payment', aud: 'client' })
  expect(claims.sid).toBeUndefined()
  expect(body.refresh_token).toBeUndefined()
})

test('an assertion is good once', async () => {
  const once = await assertion()
  expect((await machine(once)).status).toBe(200)
  const again = await machine(once)
  expect(again.status).toBe(401)
  expect(again.body.error).toBe('invalid_client')
})

test('an assertion that is foreign, late, too long, unnamed or for another issuer is refused', async () => {
  const time = Math.floor(world.resources.now().getTime() / 1000)
  const { privateKey } = (await crypto.subtle.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const wrong = await Promise.all([
    assertion({}, privateKey),
    assertion({ exp: time - 11 }),
    assertion({ exp: time + 71 }),
    assertion({ exp: undefined }),
    assertion({ jti: undefined }),
    assertion({ jti: 'a b' }),
    assertion({ aud: 'https://other.example' }),
    assertion({ sub: 'documents' }),
    assertion({ iss: 'documents', sub: 'documents' }),
  ])
  for (const one of [...wrong, 'no.jwt', 'e30.e30.e30', '..'])
    expect(await machine(one)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  expect((await machine(await assertion(), { client_id: 'documents' })).status).toBe(401)
})

test('a machine gets no token for people', async () => {
  expect((await machine(await assertion(), { audience: 'portal' })).body.error).toBe('invalid_target')
})

test('what is no right request is told as OAuth tells it, without the value', async () => {
  const wrong: [Record<string, string>, string][] = [
    [{}, 'invalid_request'],
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
    [{ grant_type: 'refresh_token' }, 'invalid_request'],
    [{ grant_type: 'refresh_token', refresh_token: 'x'.repeat(5000) }, 'invalid_request'],
    [{ grant_type: 'refresh_token', refresh_token: '\u0000\ud800' }, 'invalid_grant'],
  ]
  for (const [fields, error] of wrong) {
    const answer = await world.form('/v1/token', fields)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const body = await answer.text()
    expect(JSON.parse(body).error).toBe(error)
    expect(body).not.toContain('password')
  }
  expect((await world.post('/v1/token', { grant_type: 'refresh_token' })).status).toBe(400)
  expect((await world.form('/v1/revoke', {})).status).toBe(400)
  expect(world.lines.some((line) => line.includes('request-failed'))).toBe(false)
})

test('signing out ends the session once and says the same of an unknown token', async () => {
  const { refreshToken, sessionId } = await signIn(here)
  for (const token of [refreshToken, refreshToken, 'unknown', '0', 'AAAAA'])
    expect((await world.form('/v1/revoke', { token, token_type_hint: 'refresh_token' })).status).toBe(200)
  const revoked = await world.events('auth.session-revoked')
  expect(revoked.filter((event) => event.sessionId === sessionId)).toHaveLength(1)
  expect((await refresh(refreshToken)).body.error).toBe('invalid_grant')
})
