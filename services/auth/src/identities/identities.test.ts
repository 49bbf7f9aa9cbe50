import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { app } from '../app.ts'
import { tellCompleted } from '../sber-id/tell-completed.ts'
import { createPepper } from '../secrets/pepper.ts'
import { openWorld, type World } from '../testing.node.ts'

const label = { ru: 'Сбер ID', en: 'Sber ID' }
let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  world.pass(10 * 60_000)
  await world.sql`delete from sber_completions`
})
afterEach(() => control('PUT', '/_sim/settings', {}))

type Answer = Record<string, string>
const control = async (method: string, path: string, body?: object) => {
  const answer = await world.sber.app.request(path, { method, ...(body && { body: JSON.stringify(body) }) })
  return answer.text()
}

let count = 0
const person = async (more: object = {}) => {
  const one = { id: `person-${++count}`, sub: `sub-${count}`, email: `sber-${count}@example.com`, ...more }
  await control('POST', '/_sim/people', one)
  return one
}

const start = async () => {
  const answer = await world.get('/v1/sber-id/start')
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';')
  return { answer, cookie, url: answer.headers.get('location') ?? '' }
}
/** What the browser gets from Сбер ID: the address of our callback. Null is a person who refuses. */
const choose = async (url: string, id: string | null) => {
  const { redirect } = JSON.parse(await control('POST', '/_sim/authorize', { url, person: id }))
  return `/v1/sber-id/callback${new URL(redirect).search}`
}
const back = async (path: string, cookie: string) => {
  const answer = await world.get(path, { cookie })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer }
}
const signIn = async (id: string | null) => {
  const { cookie, url } = await start()
  return back(await choose(url, id), cookie)
}
const link = async (confirm: Answer, flow: object) => {
  const { linkId, linkSecret } = confirm
  const answer = await world.post('/v1/sber-id/link', { linkId, linkSecret, ...flow })
  return { status: answer.status, body: (await answer.json()) as Answer }
}
/** A user whose Сбер ID is linked by a code to his own address. */
const linked = async (more: object = {}) => {
  const one = await person(more)
  const { userId } = world.invite(one.email)
  const { body } = await signIn(one.id)
  const answer = await link(body, await world.askFor(one.email))
  expect(answer.status).toBe(200)
  return { ...one, userId, answer: answer.body }
}
const journal = async (operation: string) =>
  JSON.parse(await control('GET', `/_sim/journal?operation=${encodeURIComponent(operation)}`))
    .entries as object[]
const sessionsOf = async (userId: string) => world.sql`select id from sessions where user_id = ${userId}`

test('a login that began before the pepper was replaced is ended after it', async () => {
  const one = await person()
  const { cookie, url } = await start()
  const { pepper } = world.resources
  world.resources.pepper = createPepper(`${'N'.repeat(42)}A`, [world.pepperKey])
  const { status } = await back(await choose(url, one.id), cookie)
  world.resources.pepper = pepper
  expect(status).toBe(200)
})

test('the browser is sent to Сбер ID with state, nonce and PKCE, and a cookie that only this host reads', async () => {
  const { answer, url } = await start()
  expect(answer.status).toBe(303)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const asked = Object.fromEntries(new URL(url).searchParams)
  expect(asked).toMatchObject({ response_type: 'code', scope: 'openid', code_challenge_method: 'S256' })
  for (const name of ['state', 'nonce', 'code_challenge']) expect(asked[name]).toMatch(/^[\w-]{43}$/)
  const cookie = answer.headers.get('set-cookie') ?? ''
  for (const part of ['__Host-kontora-login=', 'HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
    expect(cookie).toContain(part)
  for (const secret of [asked.state!, asked.nonce!]) expect(cookie).not.toContain(secret)
})

test('a strange Сбер ID confirms an address with a fresh code, is linked, and signs in by itself afterwards', async () => {
  const one = await person()
  const { userId } = world.invite(one.email)
  const first = await signIn(one.id)
  expect(first.status).toBe(200)
  expect(first.headers.get('referrer-policy')).toBe('no-referrer')
  expect(first.headers.get('set-cookie')).toContain('Max-Age=0')
  expect(first.body).toMatchObject({ state: 'confirm-address' })
  expect(first.body.accessToken).toBeUndefined()
  expect(await sessionsOf(userId)).toHaveLength(0)

  const answer = await link(first.body, await world.askFor(one.email))
  expect(answer.body).toMatchObject({ userId, tokenType: 'Bearer' })
  expect((await world.events('auth.identity-linked')) as object[]).toContainEqual({
    userId,
    provider: 'sber-id',
    label,
  })

  const again = await signIn(one.id)
  expect(again.body).toMatchObject({ userId, tokenType: 'Bearer', expiresInSeconds: 300 })
  const signedIn = await world.events('auth.signed-in')
  expect(signedIn.filter((event) => event.userId === userId && event.method === 'sber-id')).toHaveLength(2)
})

test('an e-mail that equals a known one joins nobody', async () => {
  const one = await person()
  const { userId } = world.invite(one.email)
  await world.signInAs(one.email)
  expect((await signIn(one.id)).body.state).toBe('confirm-address')
  expect(await world.sql`select subject from identities where user_id = ${userId}`).toHaveLength(0)
})

test('a link takes the right code, the right secret and only a code that was asked for after it', async () => {
  const one = await person()
  world.invite(one.email)
  const old = await world.askFor(one.email)
  world.pass(31_000)
  const { body } = await signIn(one.id)
  expect((await link(body, old)).status).toBe(401)
  const fresh = await world.askFor(one.email)
  expect((await link({ ...body, linkSecret: 'A'.repeat(22) }, fresh)).status).toBe(401)
  const wrong = fresh.code === '000000' ? '000001' : '000000'
  expect((await link(body, { ...fresh, code: wrong })).status).toBe(401)
  world.pass(1000)
  expect((await link(body, fresh)).status).toBe(200)
  world.pass(31_000)
  expect((await link(body, await world.askFor(one.email))).status).toBe(401)
})

test('Сбер ID hears of each completed sign-in after the commit, once', async () => {
  const before = (await journal('GET /api/v2/auth/completed')).length
  await linked()
  await tellCompleted(world.resources)
  await tellCompleted(world.resources)
  expect((await journal('GET /api/v2/auth/completed')).length).toBe(before + 1)
  expect(await world.sql`select id from sber_completions`).toHaveLength(0)
})

test('a completion that Сбер ID does not take is tried three times, and the sign-in stays', async () => {
  const { userId } = await linked()
  const fault = { operation: 'GET /api/v2/auth/completed', kind: 'error', times: 3 }
  await control('POST', '/_sim/faults', { faults: [fault] })
  for (let i = 0; i < 3; i++) {
    expect(await tellCompleted(world.resources)).toBe(1)
    world.pass(5001)
  }
  expect(await tellCompleted(world.resources)).toBe(0)
  expect(
    world.lines.some((line) => line.includes('"error","service":"auth","event":"sber-id-not-told"')),
  ).toBe(true)
  expect(await sessionsOf(userId)).toHaveLength(1)
})

test('an alternate subject is the same person', async () => {
  const { userId, sub } = await linked({ sub_alt: ['alternate-1'] })
  const renamed = await person({ sub: 'renamed-1', sub_alt: [sub] })
  expect((await signIn(renamed.id)).body.userId).toBe(userId)
  const later = await person({ sub: 'alternate-1' })
  expect((await signIn(later.id)).body.userId).toBe(userId)
})

test('subjects of two accounts are for the support', async () => {
  const [one, other] = [await linked(), await linked()]
  const both = await person({ sub: one.sub, sub_alt: [other.sub] })
  expect((await signIn(both.id)).status).toBe(409)
})

test('a blocked person gets no token by Сбер ID', async () => {
  const { id, userId } = await linked()
  await world.testAccess.block(userId)
  expect((await signIn(id)).status).toBe(401)
  expect(await sessionsOf(userId)).toHaveLength(1)
})

const deviations = [
  ...['wrong-nonce', 'wrong-aud', 'wrong-iss', 'expired', 'userinfo-wrong-sub', 'userinfo-wrong-aud'].map(
    (deviation) => ({ deviations: [deviation] }),
  ),
  { alg: 'RS256' },
  { alg: 'gost34-10.2012' },
  { accessTokenSeconds: 0 },
]
for (const settings of deviations)
  test(`an answer with ${JSON.stringify(settings)} signs nobody in`, async () => {
    const { id, userId } = await linked()
    await control('PUT', '/_sim/settings', settings)
    const answer = await signIn(id)
    expect(answer.status).toBe(401)
    expect(answer.body.title).toContain('try again')
    expect(await sessionsOf(userId)).toHaveLength(1)
  })

test('a client id in other letters and a token of two segments are borne', async () => {
  const { id, userId } = await linked()
  await control('PUT', '/_sim/settings', { segments: 2, deviations: ['aud-upper'] })
  expect((await signIn(id)).body.userId).toBe(userId)
})

test('with RS256 set, only a token of that key is taken', async () => {
  const { id, userId } = await linked()
  const unsigned = world.resources.sberId
  const tokenKey = await control('GET', '/_sim/key')
  world.resources.sberId = world.sberIdWith({ tokenAlg: 'RS256', tokenKey })
  try {
    expect((await signIn(id)).status).toBe(401)
    await control('PUT', '/_sim/settings', { alg: 'RS256' })
    expect((await signIn(id)).body.userId).toBe(userId)
    await control('PUT', '/_sim/settings', { alg: 'RS256', deviations: ['wrong-signature'] })
    expect((await signIn(id)).status).toBe(401)
  } finally {
    world.resources.sberId = unsigned
  }
})

test('what one browser began no other ends, and nobody ends it twice', async () => {
  const { id } = await linked()
  const mine = await start()
  const path = await choose(mine.url, id)
  const other = await start()
  for (const cookie of ['', other.cookie, '__Host-kontora-login=forged'])
    expect((await back(path, cookie)).status).toBe(401)
  expect((await back(path, mine.cookie)).status).toBe(200)
  expect((await back(path, mine.cookie)).status).toBe(401)
  const late = await start()
  const latePath = await choose(late.url, id)
  world.pass(10 * 60_000 + 1)
  expect((await back(latePath, late.cookie)).status).toBe(401)
})

test('a person who refuses at Сбер ID is told to try again', async () => {
  expect((await signIn(null)).status).toBe(401)
})

test('an outage and garbage at Сбер ID end cleanly', async () => {
  const { id } = await linked()
  const fail = (kind: string) =>
    control('POST', '/_sim/faults', { faults: [{ operation: 'POST /ru/prod/tokens/v2/oidc', kind }] })
  await fail('error')
  expect((await signIn(id)).status).toBe(503)
  await fail('garbage')
  expect((await signIn(id)).status).toBe(401)
  expect((await signIn(id)).status).toBe(200)
})

test('where Сбер ID is not set up its routes say so', async () => {
  const { sberId } = world.resources
  world.resources.sberId = undefined
  try {
    expect((await world.get('/v1/sber-id/start')).status).toBe(404)
    expect((await world.get('/v1/sber-id/callback?state=s&code=c')).status).toBe(404)
  } finally {
    world.resources.sberId = sberId
  }
})

test('a wrong callback is a refusal that repeats nothing', async () => {
  for (const query of ['', '?state=', `?state=${'s'.repeat(97)}`, '?state=a%00b&code=c']) {
    const answer = await app.request(`/v1/sber-id/callback${query}`, {}, world.resources)
    expect(answer.status).toBe(400)
    for (const name of ['cache-control', 'referrer-policy']) expect(answer.headers.get(name)).toMatch(/^no-/)
  }
})

test('neither tables nor log hold what Сбер ID gave us in the clear', async () => {
  const one = await person()
  await signIn(one.id)
  const rows = await world.sql<{ text: string }[]>`
    select row_to_json(identity_links)::text as text from identity_links
    union all select row_to_json(sber_completions)::text from sber_completions`
  const tokens = world.sber.store.query('select access_token, code from logins').all() as Answer[]
  expect(tokens.length).toBeGreaterThan(0)
  const kept = [...rows.map(({ text }) => text), ...world.lines].join('\n')
  for (const { access_token, code } of tokens)
    for (const secret of [access_token!, code!, one.email, 'sber-secret-1'])
      expect(kept).not.toContain(secret)
})
