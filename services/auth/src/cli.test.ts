import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openWorld, type World } from './testing.node.ts'

const nowhere = 'http://127.0.0.1:9'
let world: World
beforeAll(async () => {
  world = await openWorld()
  // A command asks the real clock.
  world.pass(Date.now() - world.resources.now().getTime())
  await world.resources.keyring.publicKeys()
})
afterAll(() => world.close())

/** Nothing of `auth` runs meanwhile: neither HTTP nor Kafka. */
const command = async (...words: string[]) => {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/cli.ts`, ...words], {
    env: {
      ...{ PATH: process.env.PATH, ENVIRONMENT: 'local', DATABASE_URL: world.url },
      ...{ KAFKA_HTTP_URL: nowhere, KAFKA_HTTP_USER: 'auth', KAFKA_HTTP_PASSWORD: 'x' },
      ...{ AUTH_ISSUER: `${nowhere}/auth`, CLIENT_URL: nowhere, LETTER_KEYS_URL: `${nowhere}/keys` },
      ...{ MACHINE_CLIENTS: '{}', KEY_ENCRYPTION_KEY: world.sealKey, CODE_PEPPER: world.pepperKey },
      PASSKEY_RP_ID: 'kontora.example',
      PASSKEY_ORIGINS: 'https://kontora.example',
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, fault] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, out: out.trim(), fault }
}
const json = async (...words: string[]) => {
  const { code, out, fault } = await command(...words, '--json')
  expect([code, fault.includes('Failed')]).toEqual([0, false])
  return out.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
}

let count = 0
const person = () => {
  const email = `operated-${++count}@example.com`
  const { userId } = world.invite(email)
  return { email, userId }
}
const agent = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' }
const liveOf = async (userId: string) => {
  const rows = await world.sql<{ id: string }[]>`
    select id from sessions where user_id = ${userId} and ended_at is null order by id`
  return rows.map(({ id }) => id)
}

test('an operator sees the sessions of a person by his id and by his e-mail', async () => {
  const { email, userId } = person()
  const { sessionId } = await world.signInAs(email, agent)
  for (const name of [userId, email, email.toUpperCase()]) {
    const [session] = await json('sessions', 'list', name)
    expect(session).toMatchObject({ id: sessionId, device: 'Firefox, Linux', method: 'email-code' })
  }
  expect((await command('sessions', 'list', email)).out).toContain('Firefox, Linux')
}, 60_000)

test('an operator ends one session, all but one, and all of a person; the revocations wait for Kafka', async () => {
  const { email, userId } = person()
  const [one, other, kept] = [
    await world.signInAs(email),
    await world.signInAs(email),
    await world.signInAs(email),
  ]
  const ended = await command('sessions', 'end', one.sessionId)
  expect(ended).toMatchObject({ code: 0, out: '1 sessions ended' })
  expect(ended.fault).toContain('"event":"operator-ended-sessions"')
  expect(await liveOf(userId)).toEqual([other.sessionId, kept.sessionId].sort())
  expect(await json('sessions', 'end', '--user', email, '--others-than', kept.sessionId)).toEqual([
    { userId, ended: 1 },
  ])
  expect(await liveOf(userId)).toEqual([kept.sessionId])
  expect((await command('sessions', 'end', '--user', userId)).out).toBe('1 sessions ended')
  expect((await command('sessions', 'end', '--user', userId)).out).toBe('0 sessions ended')
  const revoked = await world.events('auth.session-revoked')
  expect(revoked.filter((event) => event.userId === userId)).toHaveLength(3)
}, 60_000)

test('a session or a person that is not there is told, and nothing ends by a wrong letter', async () => {
  const [owner, stranger] = [person(), person()]
  const session = await world.signInAs(owner.email)
  const foreign = await world.signInAs(stranger.email)
  const wrong = [
    ['sessions', 'end', owner.userId],
    ['sessions', 'end', '--user', owner.userId, '--others-than', foreign.sessionId],
    ['sessions', 'end', '--user', owner.userId, '--others-than', crypto.randomUUID()],
    ['sessions', 'end', '--user', 'nobody@example.com'],
    ['sessions', 'list', 'nobody@example.com'],
  ]
  for (const words of wrong) {
    const { code, out, fault } = await command(...words)
    expect([words, code, out]).toEqual([words, 1, ''])
    expect(fault).not.toContain('@')
  }
  const misused = [
    ['sessions', 'end'],
    ['sessions', 'end', session.sessionId, '--others-than', session.sessionId],
    ['sessions', 'end', session.sessionId, '--user', owner.userId],
    ['sessions', 'list', 'me'],
    ['attempts', 'show'],
    ['attempts', 'reset', 'everyone'],
    ['account', 'unlock', '192.0.2.1'],
  ]
  for (const words of misused) expect([words, (await command(...words)).code]).toEqual([words, 2])
  expect(await liveOf(owner.userId)).toEqual([session.sessionId])
}, 60_000)

const wrongCode = (code: string) => (code === '000000' ? '000001' : '000000')
/** Ten wrong guesses at two codes. */
const lockOut = async (email: string) => {
  for (let round = 0; round < 2; round++) {
    const flow = await world.askFor(email)
    for (let i = 0; i < 5; i++) {
      await world.post('/v1/sign-in', { ...flow, code: wrongCode(flow.code) })
      world.pass(1000 * 2 ** i)
    }
    world.pass(5 * 60_000)
  }
}

test('an operator sees what of an account is spent, and lets it in again', async () => {
  const { email, userId } = person()
  await lockOut(email)
  for (const name of [userId, email]) {
    const [codes, guesses] = await json('attempts', 'show', name)
    expect(codes).toMatchObject({ budget: 'codes', spent: 2, most: 10 })
    expect(guesses).toMatchObject({
      budget: 'guesses',
      spent: 10,
      held: 0,
      most: 10,
      nextAt: expect.any(String),
    })
  }
  expect((await world.askFor(email)).code).toBe('')
  expect((await command('attempts', 'reset', userId)).out).toBe('10 forgiven')
  expect(await json('attempts', 'show', email)).toContainEqual(
    expect.objectContaining({ budget: 'guesses', spent: 0, nextAt: null }),
  )
  expect((await world.post('/v1/codes', { email })).status).toBe(429)
  const unlocked = await command('account', 'unlock', email)
  expect(unlocked).toMatchObject({ code: 0, out: '0 guesses and 3 codes forgiven' })
  expect(unlocked.fault).toContain('operator-unlocked-account')
  expect(unlocked.fault + unlocked.out).not.toContain('@')
  const flow = await world.askFor(email)
  expect((await world.post('/v1/sign-in', flow)).status).toBe(200)
  expect((await world.events('auth.attempts-reset')).filter((event) => event.userId === userId)).toEqual([
    { userId, of: 'guesses' },
    { userId, of: 'guesses-and-codes' },
  ])
  world.pass(Date.now() - world.resources.now().getTime())
}, 60_000)

test('a code that is on its way keeps its guess over a reset', async () => {
  const { email } = person()
  const flow = await world.askFor(email)
  const [, before] = await json('attempts', 'show', email)
  expect(before).toMatchObject({ budget: 'guesses', spent: 0, held: 1 })
  expect((await command('attempts', 'reset', email)).out).toBe('0 forgiven')
  expect((await world.post('/v1/sign-in', flow)).status).toBe(200)
}, 60_000)

test('an operator takes lost passkeys from a person, one or all, and each is told of to him', async () => {
  const { email, userId } = person()
  await world.signInAs(email)
  const { sql, newId, now } = world.resources
  const keep = async (name: string): Promise<string> => {
    const id = newId()
    const row = { id, userId, credentialId: id, publicKey: 'x', name, addedAt: now() }
    await sql`insert into passkeys ${sql({ ...row, counter: 0, transports: sql.json([]), backupEligible: false, backedUp: false })}`
    return id
  }
  const [phone, key, pad] = [await keep('Телефон'), await keep('Брелок'), await keep('Планшет')]
  expect((await json('passkeys', 'list', email)).map(({ name }) => name).toSorted()).toEqual([
    'Брелок',
    'Планшет',
    'Телефон',
  ])
  expect((await command('passkeys', 'remove', email, '--passkey', phone)).out).toStartWith(
    '1 passkeys removed',
  )
  expect((await command('passkeys', 'remove', email, '--passkey', phone)).code).toBe(1)
  expect(await json('passkeys', 'remove', userId)).toEqual([{ userId, removed: 2 }])
  const told = await world.sql<{ passkeyId: string }[]>`
    select data ->> 'passkeyId' as passkey_id from outbox
    where subject = ${userId} and type = 'auth.passkey-removed' order by position`
  expect(told[0]?.passkeyId).toBe(phone)
  expect(told.map(({ passkeyId }) => passkeyId).toSorted()).toEqual([phone, key, pad].toSorted())
}, 60_000)

test('an operator sees and resets what a network has spent, and all together', async () => {
  const network = { 'x-test-address': '2001:db8:7:7::1' }
  for (let i = 0; i < 20; i++) await world.post('/v1/codes', { email: `net-${i}@example.com` }, network)
  expect((await world.post('/v1/codes', { email: 'net-20@example.com' }, network)).status).toBe(429)
  for (const name of ['2001:db8:7:7::9', '2001:db8:7:7::/64']) {
    const [codes, guesses] = await json('attempts', 'show', name)
    expect(codes).toMatchObject({ budget: 'codes-network', spent: 20, most: 20, nextAt: expect.any(String) })
    expect(guesses).toMatchObject({ budget: 'guesses-network', spent: 0, nextAt: null })
  }
  const reset = await command('attempts', 'reset', '2001:db8:7:7::9')
  expect([reset.out, reset.fault.includes('2001')]).toEqual(['1 forgiven', false])
  expect((await world.post('/v1/codes', { email: 'net-20@example.com' }, network)).status).toBe(202)
  expect(await json('attempts', 'show', 'all')).toHaveLength(2)
}, 60_000)

test('an operator withdraws a stolen key', async () => {
  const keys = await json('keys', 'list')
  const current = keys.find(({ state }) => state === 'current')
  const next = keys.find(({ state }) => state === 'next')
  const withdrawn = await command('keys', 'withdraw', String(current?.id))
  expect(withdrawn).toMatchObject({ code: 0, out: `withdrawn ${current?.id}\nsigns ${next?.id}` })
  expect(withdrawn.fault).toContain('operator-withdrew-key')
  expect((await command('keys', 'list')).out).toContain('withdrawn 20')
  expect(await command('keys', 'withdraw', 'A'.repeat(43))).toMatchObject({ code: 1, fault: 'No such key\n' })
  expect((await command('keys', 'withdraw')).code).toBe(2)
}, 60_000)
