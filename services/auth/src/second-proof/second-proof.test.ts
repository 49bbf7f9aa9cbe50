import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { createPasskey, type Passkey, type Twist } from '@kontora/simulators/passkey'
import { decodeJwt } from 'jose'
import { findPerson } from '../addresses/find-person.ts'
import { readAttempts } from '../budgets/read-attempts.ts'
import { resolveFlows } from '../codes/resolve-flows.ts'
import { openWorld, type World } from '../testing.node.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => pass(60 * 60_000))

const pass = async (ms: number) => {
  world.pass(ms)
  await world.testAccess.beat()
}
const origin = 'https://kontora.test'
type Body = { challengeId: string; options: never; codes: string[] } & {
  accessToken: string
  refreshToken: string
  title: string
  type: string
}
type Asked = { flowId: string; flowSecret: string; code: string }

let network = 0
const post = async (path: string, body: object, token: string, headers: Record<string, string> = {}) => {
  const from = { 'x-test-address': `203.0.113.${network}` }
  const answer = await world.post(path, body, { authorization: `Bearer ${token}`, ...from, ...headers })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: (text ? JSON.parse(text) : {}) as Body }
}
const prove = (token: string, proof: object) => post('/v1/second-proof', proof, token)
const refresh = async (refreshToken: string) => {
  const answer = await world.form('/v1/token', { grant_type: 'refresh_token', refresh_token: refreshToken })
  return (await answer.json()) as { access_token: string; refresh_token: string; error?: string }
}
const waysOf = async (token: string) =>
  (await (await world.get('/v1/second-proof', { authorization: `Bearer ${token}` })).json()) as object

let count = 0
const person = async () => {
  network += 1
  const email = `proof-${++count}@example.com`
  world.invite(email)
  return { email, ...(await world.signInAs(email)) }
}
const askCode = async (token: string, headers = {}): Promise<Asked> => {
  const before = (await world.letters()).length
  const { body } = await post('/v1/second-proof/codes', {}, token, headers)
  await resolveFlows(world.resources)
  const { flowId, flowSecret } = body as unknown as Asked
  return { flowId, flowSecret, code: (await world.letters()).slice(before).at(-1)?.code ?? '' }
}
const addPasskey = async (token: string) => {
  const passkey = await createPasskey({ algorithm: 'EdDSA', origin })
  const { body } = await post('/v1/passkeys/challenges', { accountName: 'Анна' }, token)
  const credential = await passkey.create(body.options)
  const key = { 'idempotency-key': crypto.randomUUID() }
  const added = await post(
    '/v1/passkeys',
    { challengeId: body.challengeId, name: 'Ключ', credential },
    token,
    key,
  )
  expect(added.status).toBe(201)
  return passkey
}
const assert = async (token: string, passkey: Passkey, twist: Twist = {}) => {
  const { body } = await post('/v1/second-proof/challenges', {}, token)
  return { way: 'passkey', challengeId: body.challengeId, credential: await passkey.get(body.options, twist) }
}
const withPasskey = async () => {
  const one = await person()
  const proven = (await prove(one.accessToken, { way: 'code', ...(await askCode(one.accessToken)) })).body
  const passkey = await addPasskey(proven.accessToken)
  await pass(10 * 60_000)
  const { access_token: accessToken, refresh_token: refreshToken } = await refresh(proven.refreshToken)
  return { ...one, accessToken, refreshToken, passkey }
}

test('without a passkey a new code proves; a refresh keeps what was proven and when', async () => {
  const { accessToken, refreshToken } = await person()
  expect(decodeJwt(accessToken)).toMatchObject({ acr: 'urn:kontora:acr:one-proof', amr: ['otp'] })
  expect(await waysOf(accessToken)).toEqual({ ways: ['code'], maxAgeSeconds: 300 })
  await pass(60_000)
  const { status, body } = await prove(accessToken, { way: 'code', ...(await askCode(accessToken)) })
  expect((await world.letters()).map(({ purpose }) => purpose)).toEqual(['sign-in', 'second-proof'])
  const provenAt = Math.floor(world.resources.now().getTime() / 1000)
  expect(status).toBe(200)
  expect(decodeJwt(body.accessToken)).toMatchObject({
    ...{ acr: 'urn:kontora:acr:second-proof', auth_time: provenAt, amr: ['otp'] },
    sid: decodeJwt(accessToken).sid,
  })
  await pass(20 * 60_000)
  const later = await refresh(body.refreshToken)
  const proven = { acr: 'urn:kontora:acr:second-proof', auth_time: provenAt }
  expect(decodeJwt(later.access_token)).toMatchObject(proven)
  // The family has rotated: what was there before the proof is an old one.
  expect((await refresh(refreshToken)).error).toBe('invalid_grant')
})

test('a sign-in’s code is no second proof, and a proof’s code signs nobody in and proves no other session', async () => {
  const { accessToken, email } = await person()
  const other = await world.signInAs(email)
  const forSignIn = { way: 'code', ...(await world.askFor(email)) }
  expect((await prove(accessToken, forSignIn)).status).toBe(401)
  await pass(10 * 60_000)
  const again = await world.signInAs(email)
  const asked = await askCode(again.accessToken)
  expect((await world.post('/v1/sign-in', asked)).status).toBe(401)
  const sessions = [(await person()).accessToken, (await world.signInAs(email)).accessToken]
  for (const token of sessions) expect((await prove(token, { way: 'code', ...asked })).status).toBe(401)
  const refused = await prove(again.accessToken, { way: 'code', ...asked, code: '000000' })
  expect(refused.body).toMatchObject({
    type: '/problems/second-proof-needed',
    title: 'This code is not valid',
  })
  expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_user_authentication"')
  await pass(2000)
  expect((await prove(again.accessToken, { way: 'code', ...asked })).status).toBe(200)
  expect(other.userId).toBe(again.userId)
})

test('a lost answer is told again to the same device, and the code is good for one proof', async () => {
  const { accessToken } = await person()
  const proof = { way: 'code', ...(await askCode(accessToken)) }
  const first = await prove(accessToken, proof)
  const second = await prove(accessToken, proof)
  expect([first.status, second.status]).toEqual([200, 200])
  expect(second.body.refreshToken).toBe(first.body.refreshToken)
  const elsewhere = await post('/v1/second-proof', proof, accessToken, { 'user-agent': 'Another' })
  expect(elsewhere.status).toBe(401)
  await pass(1000)
  await refresh(first.body.refreshToken)
  expect((await prove(accessToken, proof)).status).toBe(401)
})

test('who has a passkey proves by it alone, never by a letter, also not by one that was asked for before', async () => {
  const one = await person()
  const proven = (await prove(one.accessToken, { way: 'code', ...(await askCode(one.accessToken)) })).body
  const early = await askCode(proven.accessToken)
  const passkey = await addPasskey(proven.accessToken)
  expect(await waysOf(proven.accessToken)).toEqual({ ways: ['passkey'], maxAgeSeconds: 300 })
  expect((await prove(proven.accessToken, { way: 'code', ...early })).status).toBe(409)
  expect((await post('/v1/second-proof/codes', {}, proven.accessToken)).status).toBe(409)
  await pass(60_000)
  const { status, body } = await prove(proven.accessToken, await assert(proven.accessToken, passkey))
  expect(status).toBe(200)
  expect(decodeJwt(body.accessToken)).toMatchObject({
    auth_time: Math.floor(world.resources.now().getTime() / 1000),
    amr: ['otp', 'pop', 'user', 'mfa'],
  })
})

test('an assertion proves the session that it was asked for, for its own person, once', async () => {
  const [{ refreshToken, ...first }, other] = [await withPasskey(), await withPasskey()]
  const one = { ...first, accessToken: (await refresh(refreshToken)).access_token }
  const replayed = await assert(one.accessToken, one.passkey)
  expect((await prove(one.accessToken, replayed)).status).toBe(200)
  const signIn = await (await world.post('/v1/sign-in/passkey/challenges', {})).json()
  const forSignIn = signIn as { challengeId: string; options: never }
  const proofs: Record<string, object> = {
    replayed,
    'of another person': await assert(one.accessToken, other.passkey),
    'for another session': await assert(other.accessToken, one.passkey),
    'for a sign-in': {
      ...{ way: 'passkey', challengeId: forSignIn.challengeId },
      credential: await one.passkey.get(forSignIn.options),
    },
    'of another origin': await assert(one.accessToken, one.passkey, { origin: 'https://evil.example' }),
    'without user verification': await assert(one.accessToken, one.passkey, { userVerified: false }),
    'with the counter back': await assert(one.accessToken, one.passkey, { counter: 1 }),
  }
  for (const [name, proof] of Object.entries(proofs)) {
    const { status, body } = await prove(one.accessToken, proof)
    expect([name, status, body.type]).toEqual([name, 401, '/problems/second-proof-needed'])
  }
  const late = await assert(one.accessToken, one.passkey)
  await pass(299_999)
  expect((await prove(one.accessToken, { ...late, challengeId: late.challengeId })).status).toBe(200)
})

const makeCodes = async (token: string) => (await post('/v1/recovery-codes', {}, token)).body.codes

test('a recovery code stands in for the passkey, once, however it is typed; new ones end the old', async () => {
  const { accessToken, passkey, userId, sessionId } = await withPasskey()
  expect((await post('/v1/recovery-codes', {}, accessToken)).status).toBe(401)
  const { accessToken: fresh } = (await prove(accessToken, await assert(accessToken, passkey))).body
  const old = await makeCodes(fresh)
  const codes = await makeCodes(fresh)
  expect(new Set([...old, ...codes])).toHaveProperty('size', 20)
  for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  expect(await waysOf(fresh)).toMatchObject({ ways: ['passkey', 'recovery-code'] })
  const [code = '', next = ''] = codes
  expect((await prove(fresh, { way: 'recovery-code', code: old[0] })).status).toBe(401)
  const typed = ` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('1', 'l').replaceAll('0', 'o')} `
  const { status, body } = await prove(fresh, { way: 'recovery-code', code: typed })
  expect(status).toBe(200)
  expect(decodeJwt(body.accessToken)).toMatchObject({ amr: ['otp', 'recovery-code'] })
  expect((await prove(fresh, { way: 'recovery-code', code })).status).toBe(401)
  expect(await world.events('auth.recovery-code-used')).toContainEqual({
    userId,
    sessionId,
    left: 9,
  } as never)
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => prove(fresh, { way: 'recovery-code', code: next })),
  )
  expect(answers.filter((one) => one.status === 200)).toHaveLength(1)
  const left = await world.get('/v1/recovery-codes', { authorization: `Bearer ${fresh}` })
  expect(await left.json()).toMatchObject({ left: 8 })
})

test('guesses at recovery codes are ten a day, and those at letters’ codes are not spent by them', async () => {
  const { email, accessToken, refreshToken } = await person()
  const proven = (await prove(accessToken, { way: 'code', ...(await askCode(accessToken)) })).body
  const [code] = await makeCodes(proven.accessToken)
  const guess = { way: 'recovery-code', code: 'AAAA-BBBB-CCCC-DDDD' }
  const statuses: number[] = []
  for (let i = 0; i < 12; i++) statuses.push((await prove(proven.accessToken, guess)).status)
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
  const locked = await prove(proven.accessToken, { way: 'recovery-code', code })
  expect([locked.status, Number(locked.headers.get('retry-after'))]).toEqual([429, 86_400])
  const named = await findPerson(world.resources, email)
  const shown = named && (await readAttempts(world.resources, named))
  const free = new Date(world.resources.now().getTime() + 86_400_000)
  expect(shown).toContainEqual({ budget: 'recovery-guesses', spent: 10, held: 0, most: 10, nextAt: free })
  expect(
    (await prove(proven.accessToken, { way: 'code', ...(await askCode(proven.accessToken)) })).status,
  ).toBe(200)
  expect(refreshToken).not.toBe(proven.refreshToken)
})

test('neither a blocked person nor an ended session is proven', async () => {
  const { accessToken, passkey, userId, sessionId } = await withPasskey()
  const [first, second] = [await assert(accessToken, passkey), await assert(accessToken, passkey)]
  await world.sql`update sessions set ended_at = ${world.resources.now()} where id = ${sessionId}`
  const { status, body } = await prove(accessToken, first)
  expect([status, body.title]).toEqual([401, 'This session has ended'])
  await world.testAccess.block(userId)
  expect((await prove(accessToken, second)).body.title).toBe('This person is blocked')
  expect((await post('/v1/second-proof/challenges', {}, accessToken)).status).toBe(401)
})

test('codes that a session asks for cool down that session alone', async () => {
  const { accessToken, email } = await person()
  await askCode(accessToken)
  const again = await post('/v1/second-proof/codes', {}, accessToken)
  expect([again.status, again.headers.get('retry-after')]).toEqual([429, '30'])
  const other = await world.signInAs(email)
  expect((await post('/v1/second-proof/codes', {}, other.accessToken)).status).toBe(202)
})

test('a lost answer of asking is told again under the same key, and to no other session', async () => {
  const { accessToken, email } = await person()
  const key = { 'idempotency-key': crypto.randomUUID() }
  const ask = async (token: string) =>
    (await post('/v1/second-proof/codes', {}, token, key)).body as unknown as Asked
  const first = await ask(accessToken)
  expect(await ask(accessToken)).toEqual(first)
  const other = await world.signInAs(email)
  expect((await ask(other.accessToken)).flowId).not.toBe(first.flowId)
})

test('without client no code is sent, and it is said', async () => {
  const { accessToken } = await person()
  world.down.client = true
  const away = await post('/v1/second-proof/codes', {}, accessToken)
  world.down.client = false
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '2'])
  expect((await post('/v1/second-proof/codes', { locale: 'en' }, accessToken)).status).toBe(202)
})

test('a dump holds no challenge, no recovery code and no key that signs', async () => {
  const { accessToken, passkey } = await withPasskey()
  const proof = await assert(accessToken, passkey)
  const { accessToken: fresh } = (await prove(accessToken, proof)).body
  const codes = await makeCodes(fresh)
  const { challenge } = JSON.parse(
    Buffer.from(proof.credential.response.clientDataJSON, 'base64url').toString(),
  ) as { challenge: string }
  const rows = [
    await world.sql`select challenge_id from used_challenges`,
    await world.sql`select code_hash from recovery_codes`,
    await world.sql`select data from outbox`,
  ]
  const dump = `${JSON.stringify(rows)}${world.lines.join('')}`
  for (const secret of [challenge, ...codes, ...codes.map((code) => code.replaceAll('-', ''))])
    expect(dump).not.toContain(secret)
})
