import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { createPasskey, type Passkey, type Twist } from '@kontora/simulators/passkey'
import { decodeJwt } from 'jose'
import { app } from '../app.ts'
import { forgetExpired } from '../codes/forget-expired.ts'
import { openWorld, type World } from '../testing.node.ts'
import { algorithms } from './verify.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  world.pass(60 * 60_000)
  await world.testAccess.beat()
})

const origin = 'https://kontora.test'
type Answer = { status: number; body: Record<string, unknown> }
type Challenge = { challengeId: string; challengeSecret?: string; options: never }

const call = async (method: string, path: string, token?: string, body?: object): Promise<Answer> => {
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': 'application/json' }),
    'idempotency-key': crypto.randomUUID(),
  }
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  const answer = await app.request(path, init, world.resources)
  const text = await answer.text()
  return { status: answer.status, body: text ? JSON.parse(text) : {} }
}
const challengeOf = async (path: string, token?: string, body?: object) =>
  (await call('POST', path, token, body)).body as Challenge

let count = 0
/** Somebody who has just given the code of a second letter. */
const person = async () => {
  const email = `passkey-${++count}@example.com`
  world.invite(email)
  const signedIn = await world.signInAs(email)
  return { email, ...signedIn, accessToken: await world.proveByCode(signedIn.accessToken, email) }
}
const begin = (token: string) => challengeOf('/v1/passkeys/challenges', token, { accountName: 'Анна' })
const add = async (token: string, passkey: Passkey, twist: Twist = {}, name = 'Ключ') => {
  const { challengeId, options } = await begin(token)
  const credential = await passkey.create(options, twist)
  return call('POST', '/v1/passkeys', token, { challengeId, name, credential })
}
const list = async (token: string) =>
  (await call('GET', '/v1/passkeys', token)).body.items as Record<string, unknown>[]

/** A person, and a passkey that he has added. */
const holder = async (options: Partial<Parameters<typeof createPasskey>[0]> = {}) => {
  const passkey = await createPasskey({ algorithm: 'ES256', origin, ...options })
  const one = await person()
  const added = await add(one.accessToken, passkey)
  expect(added.status).toBe(201)
  return { ...one, passkey, passkeyId: String(added.body.id) }
}

const signIn = async (passkey: Passkey, twist: Twist = {}) => {
  const { options, challengeId, challengeSecret } = await challengeOf('/v1/sign-in/passkey/challenges')
  const credential = await passkey.get(options, twist)
  return call('POST', '/v1/sign-in/passkey', undefined, { challengeId, challengeSecret, credential })
}

test('a passkey of either algorithm is added, seen, named, and signs in without an address, proven twice at once', async () => {
  for (const algorithm of ['ES256', 'EdDSA'] as const) {
    const { passkey, passkeyId, accessToken, userId } = await holder({ algorithm })
    expect(await list(accessToken)).toEqual([
      {
        id: passkeyId,
        name: 'Ключ',
        addedAt: world.resources.now().toISOString(),
        usedAt: null,
        backedUp: false,
      },
    ])
    expect((await call('PATCH', `/v1/passkeys/${passkeyId}`, accessToken, { name: 'Ноутбук' })).status).toBe(
      204,
    )
    world.pass(1000)
    const { status, body } = await signIn(passkey)
    expect([status, body.userId]).toEqual([200, userId])
    expect(decodeJwt(String(body.accessToken))).toMatchObject({
      acr: 'urn:kontora:acr:second-proof',
      auth_time: Math.floor(world.resources.now().getTime() / 1000),
      amr: ['pop', 'user', 'mfa'],
    })
    expect(await list(accessToken)).toMatchObject([
      { name: 'Ноутбук', usedAt: world.resources.now().toISOString() },
    ])
    const sessionId = String(body.sessionId)
    expect(await world.events('auth.signed-in')).toContainEqual({ userId, sessionId, method: 'passkey' })
    expect(await world.events('auth.passkey-added')).toContainEqual({ userId, passkeyId })
  }
})

test('what a browser is given asks for a discoverable passkey, its user verified, and no attestation', async () => {
  const { accessToken, userId, passkey } = await holder()
  const { options } = (await begin(accessToken)) as unknown as { options: Record<string, unknown> }
  expect(options).toEqual({
    rp: { id: 'kontora.test', name: 'Kontora' },
    user: { id: Buffer.from(userId).toString('base64url'), name: 'Анна', displayName: 'Анна' },
    challenge: expect.stringMatching(/^[\w-]{43}$/),
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
    timeout: 300_000,
    excludeCredentials: [{ type: 'public-key', id: passkey.id, transports: ['internal'] }],
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
    attestation: 'none',
  })
})

const countUsed = async () => (await world.sql`select challenge_id from used_challenges`).length

test('to ask for a challenge tells nothing of anybody and writes nothing', async () => {
  await holder()
  const before = await countUsed()
  const [one, other] = [
    await challengeOf('/v1/sign-in/passkey/challenges'),
    await challengeOf('/v1/sign-in/passkey/challenges'),
  ]
  const options = {
    rpId: 'kontora.test',
    timeout: 300_000,
    userVerification: 'required',
    allowCredentials: [],
  }
  expect(one.options).toEqual({ ...options, challenge: expect.any(String) } as never)
  expect(one).not.toEqual(other)
  expect(await countUsed()).toBe(before)
})

test('adding needs a fresh second proof, the own session, and a challenge of the last 5 minutes, once', async () => {
  const passkey = await createPasskey({ algorithm: 'ES256', origin })
  const [one, other] = [await person(), await person()]
  const { accessToken } = await world.signInAs(one.email)
  expect((await begin(accessToken)) as object).toMatchObject({ type: '/problems/second-proof-needed' })
  const { challengeId, options } = await begin(one.accessToken)
  const body = { challengeId, name: 'Ключ', credential: await passkey.create(options) }
  expect((await call('POST', '/v1/passkeys', accessToken, body)).status).toBe(401)
  const foreign = await call('POST', '/v1/passkeys', other.accessToken, body)
  expect([foreign.status, foreign.body.fields]).toEqual([400, { credential: expect.any(String) }])
  expect((await call('POST', '/v1/passkeys', one.accessToken, body)).status).toBe(201)
  expect((await call('POST', '/v1/passkeys', one.accessToken, body)).status).toBe(400)
  expect((await add(other.accessToken, passkey)).status).toBe(409)
  const late = await begin(other.accessToken)
  const made = await (await createPasskey({ algorithm: 'ES256', origin })).create(late.options)
  world.pass(299_000)
  await world.testAccess.beat()
  const fresh = await world.proveByCode(other.accessToken, other.email)
  world.pass(1000)
  const over = { challengeId: late.challengeId, name: 'Ключ', credential: made }
  expect((await call('POST', '/v1/passkeys', fresh, over)).status).toBe(400)
})

const wrongMakings: Record<string, Twist> = {
  'another origin': { origin: 'https://kontora.test.evil.example' },
  'another domain': { rpId: 'evil.example' },
  'another challenge': { challenge: 'A'.repeat(43) },
  'the type of a sign-in': { type: 'webauthn.get' },
  'a frame in another page': { crossOrigin: true },
  'nobody present': { userPresent: false },
  'no user verification': { userVerified: false },
  'backed up without being able to': { backupEligible: false, backedUp: true },
}

test('a passkey that was made wrongly is not added', async () => {
  const { accessToken } = await person()
  for (const [name, twist] of Object.entries(wrongMakings)) {
    const passkey = await createPasskey({ algorithm: 'EdDSA', origin })
    expect([name, (await add(accessToken, passkey, twist)).status]).toEqual([name, 400])
  }
  expect(await list(accessToken)).toEqual([])
})

const wrongUses: Record<string, Twist> = {
  ...wrongMakings,
  'the type of a sign-in': { type: 'webauthn.create' },
  'the counter where it was': { counter: 1 },
  'the counter back': { counter: 0 },
  'a foreign key': { forged: true },
  'a credential that nobody has': { credentialId: 'A'.repeat(43) },
  'another user': { userHandle: Buffer.from(crypto.randomUUID()).toString('base64url') },
  'no user at all': { userHandle: null },
  'a passkey that can be copied at once': { backupEligible: true, backedUp: true },
}

test('every wrong use of a passkey is refused in the same words, and costs a guess of the network', async () => {
  const { passkey } = await holder({ algorithm: 'EdDSA' })
  for (const [name, twist] of Object.entries(wrongUses)) {
    const { status, body } = await signIn(passkey, twist)
    expect([name, status, body.title]).toEqual([name, 401, 'This passkey is not valid'])
  }
  expect((await signIn(passkey)).status).toBe(200)
  const network = { 'x-test-address': '203.0.113.77' }
  const { options, ...challenge } = await challengeOf('/v1/sign-in/passkey/challenges')
  const body = {
    ...challenge,
    expiresAt: undefined,
    credential: await passkey.get(options, { forged: true }),
  }
  const statuses: number[] = []
  for (let i = 0; i < 61; i++) statuses.push((await world.post('/v1/sign-in/passkey', body, network)).status)
  expect(statuses).toEqual([...Array.from({ length: 60 }, () => 401), 429])
})

test('an assertion is good once, also for twenty at the same moment, and only with the secret of its browser', async () => {
  const { passkey } = await holder()
  const { options, challengeId, challengeSecret } = await challengeOf('/v1/sign-in/passkey/challenges')
  const credential = await passkey.get(options)
  const body = { challengeId, challengeSecret, credential }
  const foreign = { ...body, challengeSecret: 'A'.repeat(22) }
  expect((await call('POST', '/v1/sign-in/passkey', undefined, foreign)).status).toBe(401)
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => call('POST', '/v1/sign-in/passkey', undefined, body)),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(19)
  world.pass(5 * 60_000)
  await forgetExpired(world.resources)
  expect((await call('POST', '/v1/sign-in/passkey', undefined, body)).status).toBe(401)
})

test('a passkey that does not count is good again and again, each assertion once', async () => {
  const { passkey, accessToken } = await holder({ counts: false, backupEligible: true })
  expect(await list(accessToken)).toMatchObject([{ backedUp: true }])
  const { options, ...challenge } = await challengeOf('/v1/sign-in/passkey/challenges')
  const body = { ...challenge, expiresAt: undefined, credential: await passkey.get(options) }
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => call('POST', '/v1/sign-in/passkey', undefined, body)),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect((await signIn(passkey, { backedUp: false })).status).toBe(200)
  expect(await list(accessToken)).toMatchObject([{ backedUp: false }])
})

test('a blocked person does not sign in by his passkey, a removed passkey signs nobody in', async () => {
  const { passkey, passkeyId, accessToken, userId } = await holder()
  expect((await call('DELETE', `/v1/passkeys/${passkeyId}`, (await holder()).accessToken)).status).toBe(404)
  expect((await call('DELETE', `/v1/passkeys/${passkeyId}`, accessToken)).status).toBe(204)
  expect((await signIn(passkey)).status).toBe(401)
  expect(await world.events('auth.passkey-removed')).toContainEqual({ userId, passkeyId })
  const blocked = await holder()
  await world.testAccess.block(blocked.userId)
  expect((await signIn(blocked.passkey)).status).toBe(401)
})

test('twenty at most, also for many who add at once', async () => {
  const { accessToken, userId } = await person()
  const passkeys = await Promise.all(
    Array.from({ length: 23 }, () => createPasskey({ algorithm: 'EdDSA', origin })),
  )
  const answers = await Promise.all(passkeys.map((passkey) => add(accessToken, passkey)))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(20)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(3)
  expect(await world.sql`select id from passkeys where user_id = ${userId}`).toHaveLength(20)
})
