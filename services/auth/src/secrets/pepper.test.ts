import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type CreationOptions, createPasskey } from '@kontora/simulators/passkey'
import { app } from '../app.ts'
import { resolveFlows } from '../codes/resolve-flows.ts'
import { openWorld, type World } from '../testing.node.ts'
import { createPepper } from './pepper.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

let count = 0
const address = () => `pepper-${++count}@example.com`
const next = `${'N'.repeat(42)}A`
const other = `${'O'.repeat(42)}A`

/** What one instance writes under, and what it believes besides. */
const underKeys = async <Result>(keys: string[], work: () => Promise<Result>): Promise<Result> => {
  const { pepper } = world.resources
  const [own = '', ...accepted] = keys
  world.resources.pepper = createPepper(own, accepted)
  try {
    return await work()
  } finally {
    world.resources.pepper = pepper
  }
}
const refresh = async (refresh_token: string) => {
  const answer = await world.form('/v1/token', { grant_type: 'refresh_token', refresh_token })
  return { status: answer.status, ...((await answer.json()) as { refresh_token: string }) }
}
const cookieOf = (answer: Response): string =>
  /^[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''

test('the key is replaced in three steps, with two instances at different ones, and nobody is signed out', async () => {
  const old = world.pepperKey
  const email = address()
  world.invite(email)
  let { refreshToken } = await world.signInAs(email)
  for (const keys of [[old], [old, next], [next, old], [old, next], [next, old], [next]]) {
    const { status, refresh_token } = await underKeys(keys, () => refresh(refreshToken))
    expect([keys, status]).toEqual([keys, 200])
    refreshToken = refresh_token
  }
  expect((await refresh(refreshToken)).status).toBe(400)
})

test('a key that is no longer accepted opens nothing, and neither does one that never was', async () => {
  const email = address()
  world.invite(email)
  const { refreshToken } = await world.signInAs(email)
  expect((await underKeys([next], () => refresh(refreshToken))).status).toBe(400)
  expect((await underKeys([next, other], () => refresh(refreshToken))).status).toBe(400)
  expect((await refresh(refreshToken)).status).toBe(200)
})

test('what an address has spent is counted over a replacement, and a repeat gets its flow', async () => {
  const email = address()
  const asked = await world.post('/v1/codes', { email }, { 'idempotency-key': 'once-and-again' })
  const { flowId, flowSecret } = (await asked.json()) as Record<string, string>
  await underKeys([next, world.pepperKey], async () => {
    const soon = await world.post('/v1/codes', { email })
    expect([soon.status, soon.headers.get('retry-after')]).toEqual([429, '30'])
    const again = await world.post('/v1/codes', { email }, { 'idempotency-key': 'once-and-again' })
    expect(await again.json()).toMatchObject({ flowId, flowSecret })
  })
})

test('of parallel askers at two instances that write under different keys one is the first', async () => {
  const instances = [
    { ...world.resources, pepper: createPepper(world.pepperKey, [next]) },
    { ...world.resources, pepper: createPepper(next, [world.pepperKey]) },
  ]
  const ask = (resources: World['resources'], email: string) => {
    const body = JSON.stringify({ email })
    const headers = { 'content-type': 'application/json' }
    return app.request('/v1/codes', { method: 'POST', body, headers }, resources)
  }
  for (let round = 0; round < 20; round++) {
    const email = address()
    const answers = await Promise.all([...instances, ...instances].map((resources) => ask(resources, email)))
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 429, 429, 429])
  }
  // At most twenty at once.
  while ((await resolveFlows(world.resources)) > 0);
})

test('a known device is known over a replacement, and while client is away its address too', async () => {
  const email = address()
  world.invite(email)
  const flow = await world.askFor(email)
  const cookie = cookieOf(await world.post('/v1/sign-in', flow))
  await underKeys([next, world.pepperKey], async () => {
    expect((await world.askFor(email)).code).toMatch(/^\d{6}$/)
    world.down.client = true
    const again = await world.askFor(email, { cookie })
    world.down.client = false
    expect(again.code).toMatch(/^\d{6}$/)
    const answer = await world.post('/v1/sign-in', again, { cookie })
    expect(answer.status).toBe(200)
    expect(cookieOf(answer)).not.toBe(cookie)
  })
})

test('a recovery code and a challenge are good under the next key as long as theirs is accepted', async () => {
  const old = world.pepperKey
  const email = address()
  world.invite(email)
  const signedIn = await world.signInAs(email)
  const bearer = { authorization: `Bearer ${await world.proveByCode(signedIn.accessToken, email)}` }
  const made = await world.post('/v1/recovery-codes', {}, bearer)
  const [code] = ((await made.json()) as { codes: string[] }).codes
  const passkey = await createPasskey({ algorithm: 'ES256', origin: 'https://kontora.test' })
  const asked = await world.post('/v1/passkeys/challenges', { accountName: email }, bearer)
  const { challengeId, options } = (await asked.json()) as { challengeId: string; options: CreationOptions }
  const body = { challengeId, name: 'Ключ', credential: await passkey.create(options) }
  const add = async () => world.post('/v1/passkeys', body, { ...bearer, 'idempotency-key': 'one' })
  const prove = async () => world.post('/v1/second-proof', { way: 'recovery-code', code }, bearer)
  expect((await underKeys([next], add)).status).toBe(400)
  expect((await underKeys([next, old], add)).status).toBe(201)
  expect((await underKeys([next], prove)).status).toBe(401)
  expect((await underKeys([next, old], prove)).status).toBe(200)
})
