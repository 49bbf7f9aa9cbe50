import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { app } from '../app.ts'
import { tellCompleted } from '../sber-id/tell-completed.ts'
import { openWorld, type World } from '../testing.node.ts'

const label = { ru: 'Сбер ID', en: 'Sber ID' }
let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  world.pass(11 * 60_000)
  await world.testAccess.beat()
})
afterEach(() => control('PUT', '/_sim/settings', {}))

type Answer = Record<string, string>
const control = async (method: string, path: string, body: object) =>
  (await world.sber.app.request(path, { method, body: JSON.stringify(body) })).text()

let count = 0
/** Somebody at Сбер ID. */
const sberPerson = async (more: object = {}) => {
  const one = { id: `person-${++count}`, sub: `sub-${count}`, ...more }
  await control('POST', '/_sim/people', one)
  return one
}
/** Somebody here, who has just signed in by a code. */
const signedIn = async (email = `own-${++count}@example.com`) => {
  if (!world.users.has(email)) world.invite(email)
  return { email, ...(await world.signInAs(email)) }
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const ask = (method: string, path: string, token: string) =>
  app.request(path, { method, headers: bearer(token) }, world.resources)
const list = async (token: string) =>
  ((await (await ask('GET', '/v1/identities', token)).json()) as { items: Answer[] }).items

const cookieOf = (answer: Response) => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
const comeBack = async (answer: Response, id: string, headers: Record<string, string> = {}) => {
  const url = answer.headers.get('location') ?? ''
  const { redirect } = JSON.parse(await control('POST', '/_sim/authorize', { url, person: id })) as Answer
  const path = `/v1/sber-id/callback${new URL(redirect ?? '').search}`
  return world.get(path, { cookie: cookieOf(answer), ...headers })
}
const beginLink = (token: string) => ask('POST', '/v1/identities/sber-id', token)
const link = async (token: string, id: string) => comeBack(await beginLink(token), id)
const signInBySber = async (id: string, headers: Record<string, string> = {}) =>
  comeBack(await world.get('/v1/sber-id/start'), id, headers)
const bodyOf = async (answer: Response) => (await answer.json()) as Answer

test('a person who signed in minutes ago links his Сбер ID in the same browser, sees it, and signs in by it', async () => {
  const { id } = await sberPerson()
  const { accessToken, userId } = await signedIn()
  const linked = await link(accessToken, id)
  expect([linked.status, await bodyOf(linked)]).toEqual([200, { state: 'linked' }])
  expect(await list(accessToken)).toEqual([
    { provider: 'sber-id', linkedAt: world.resources.now().toISOString() },
  ])
  expect((await world.events('auth.identity-linked')) as object[]).toContainEqual({
    userId,
    provider: 'sber-id',
    label,
  })
  expect(await tellCompleted(world.resources)).toBe(1)
  expect((await bodyOf(await signInBySber(id))).userId).toBe(userId)
  await link(accessToken, id)
  const told = await world.events('auth.identity-linked')
  expect(told.filter((one) => one.userId === userId)).toHaveLength(1)
})

test('a sign-in of more than 10 minutes ago links and unlinks nothing', async () => {
  const { accessToken, refreshToken } = await signedIn()
  world.pass(10 * 60_000 + 1000)
  await world.testAccess.beat()
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken }
  const fresh = (await (await world.form('/v1/token', fields)).json()) as Answer
  const token = fresh.access_token ?? ''
  expect(accessToken).not.toBe(token)
  for (const [method, path] of [
    ['POST', '/v1/identities/sber-id'],
    ['DELETE', '/v1/identities/sber-id'],
  ] as const) {
    const answer = await ask(method, path, token)
    expect([answer.status, (await bodyOf(answer)).maxAgeSeconds]).toEqual([401, 600 as never])
    expect(answer.headers.get('set-cookie')).toBeNull()
  }
})

test('a link that was begun ends in no other browser, and not after its session has ended or its person was blocked', async () => {
  const { id } = await sberPerson()
  const owner = await signedIn()
  const begun = await beginLink(owner.accessToken)
  expect((await comeBack(begun, id, { cookie: '' })).status).toBe(401)
  await ask('DELETE', `/v1/sessions/${owner.sessionId}`, owner.accessToken)
  expect((await comeBack(begun, id)).status).toBe(401)
  const blocked = await signedIn()
  const other = await beginLink(blocked.accessToken)
  await world.testAccess.block(blocked.userId)
  expect((await comeBack(other, id)).status).toBe(401)
  expect(await world.sql`select subject from identities where subject = ${`sub-${count}`}`).toHaveLength(0)
})

test('a Сбер ID of another account is linked to nobody else', async () => {
  const { id } = await sberPerson()
  const first = await signedIn()
  await link(first.accessToken, id)
  const second = await signedIn()
  expect((await link(second.accessToken, id)).status).toBe(409)
  expect(await list(second.accessToken)).toEqual([])
})

test('of two people who link one Сбер ID at once one does', async () => {
  const { id } = await sberPerson({ sub_alt: ['both-1', 'both-2'] })
  const [first, second] = [await signedIn(), await signedIn()]
  const begun = [await beginLink(first.accessToken), await beginLink(second.accessToken)]
  const answers = await Promise.all(begun.map((answer) => comeBack(answer, id)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
})

test('what is unlinked signs in no more, is told, and ends the sessions that it opened elsewhere', async () => {
  const { id } = await sberPerson()
  const { accessToken, userId } = await signedIn()
  await link(accessToken, id)
  const elsewhere = await bodyOf(await signInBySber(id))
  expect((await ask('DELETE', '/v1/identities/sber-id', accessToken)).status).toBe(204)
  expect(await list(accessToken)).toEqual([])
  expect((await bodyOf(await signInBySber(id))).state).toBe('confirm-address')
  expect((await world.events('auth.identity-unlinked')) as object[]).toContainEqual({
    userId,
    provider: 'sber-id',
    label,
  })
  const revoked = await world.events('auth.session-revoked')
  expect(revoked).toContainEqual({ userId, sessionId: elsewhere.sessionId ?? '' })
  expect((await ask('DELETE', '/v1/identities/sber-id', accessToken)).status).toBe(404)
  expect((await ask('DELETE', '/v1/identities/other', accessToken)).status).toBe(404)
})

test('the last way to sign in stays', async () => {
  const { id } = await sberPerson()
  const { accessToken, userId } = await signedIn()
  await link(accessToken, id)
  await world.sql`delete from known_addresses where user_id = ${userId}`
  expect((await ask('DELETE', '/v1/identities/sber-id', accessToken)).status).toBe(409)
  expect(await list(accessToken)).toHaveLength(1)
})

test('a login that is on its way while its identity is unlinked does not bring it back', async () => {
  const { id } = await sberPerson({ sub_alt: ['late-1'] })
  const { accessToken, userId } = await signedIn()
  await link(accessToken, id)
  await Promise.all([
    signInBySber(id),
    signInBySber(id),
    ask('DELETE', '/v1/identities/sber-id', accessToken),
    signInBySber(id),
  ])
  expect(await world.sql`select subject from identities where user_id = ${userId}`).toHaveLength(0)
})

test('two accounts of one Сбер ID are one case for the support, however often it is tried', async () => {
  const [one, other] = [await sberPerson(), await sberPerson()]
  const [first, second] = [await signedIn(), await signedIn()]
  await link(first.accessToken, one.id)
  await link(second.accessToken, other.id)
  const both = await sberPerson({ sub: one.sub, sub_alt: [other.sub] })
  const answers = [await signInBySber(both.id), await signInBySber(both.id)]
  const cases = await Promise.all(answers.map(async (answer) => (await bodyOf(answer)).caseId))
  expect(answers.map(({ status }) => status)).toEqual([409, 409])
  expect(cases[0]).toBe(cases[1])
  const disputed = await world.events('auth.identity-disputed')
  const userIds = [first.userId, second.userId].sort()
  expect(disputed as object[]).toEqual([{ caseId: cases[0], userIds, provider: 'sber-id', label }])
})

test('a browser is told in words, in its language, what went wrong and how to go on', async () => {
  const { id } = await sberPerson()
  await control('PUT', '/_sim/settings', { deviations: ['wrong-nonce'] })
  const html = { accept: 'text/html,application/xhtml+xml' }
  const refused = await signInBySber(id, html)
  expect(refused.status).toBe(401)
  expect(refused.headers.get('content-type')).toContain('text/html')
  for (const name of ['cache-control', 'set-cookie', 'content-security-policy', 'referrer-policy'])
    expect(refused.headers.get(name)).toBeTruthy()
  const russian = await refused.text()
  for (const part of ['lang="ru"', 'не получилось', 'href="start"']) expect(russian).toContain(part)
  const english = await (await signInBySber(id, { ...html, 'accept-language': 'en-GB,ru;q=0.5' })).text()
  for (const part of ['lang="en"', 'did not work', 'Try again']) expect(english).toContain(part)
  const wrong = await world.get('/v1/sber-id/callback?state=%3Cscript%3E', html)
  expect([wrong.status, (await wrong.text()).includes('script')]).toEqual([401, false])
  expect((await world.get('/v1/sber-id/callback?state=s')).headers.get('content-type')).toContain('problem')
})

test('where no certificate can be shown nobody is sent to Сбер ID', async () => {
  const { accessToken } = await signedIn()
  const { sberId } = world.resources
  world.resources.sberId = { ...sberId!, canAsk: false }
  try {
    expect((await world.get('/v1/sber-id/start')).status).toBe(503)
    expect((await beginLink(accessToken)).status).toBe(503)
  } finally {
    world.resources.sberId = sberId
  }
})

/** What this browser will be known by; none where nobody was signed in. */
const deviceOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .find((cookie) => cookie.startsWith('__Host-kontora-device=')) ?? ''

/** Strangers have a code asked for, and nobody without a reserve is sent another. */
const isReserved = async (email: string, cookie: string): Promise<boolean> => {
  await world.post('/v1/codes', { email })
  expect((await world.post('/v1/codes', { email })).status).toBe(429)
  return (await world.post('/v1/codes', { email }, { cookie })).status === 202
}

test('a browser that Сбер ID has signed in is known, for the addresses of that person alone', async () => {
  const { id } = await sberPerson()
  const { accessToken, email } = await signedIn()
  expect(deviceOf(await link(accessToken, id))).toBe('')
  const device = deviceOf(await signInBySber(id))
  expect(device).not.toBe('')
  world.pass(11 * 60_000)
  expect(await isReserved(email, device)).toBe(true)
  const other = await signedIn()
  world.pass(11 * 60_000)
  expect(await isReserved(other.email, device)).toBe(false)
})

test('a browser that nobody had seen is told of when Сбер ID signs it in, once', async () => {
  const { id } = await sberPerson()
  const { accessToken, userId } = await signedIn()
  await link(accessToken, id)
  const added = async () => (await world.events('auth.device-added')).filter((one) => one.userId === userId)
  const first = await signInBySber(id)
  const { sessionId } = await bodyOf(first)
  expect((await added()) as object[]).toEqual([{ userId, sessionId, provider: 'sber-id', label }])
  const start = await world.get('/v1/sber-id/start')
  await comeBack(start, id, { cookie: `${cookieOf(start)}; ${deviceOf(first)}` })
  expect(await added()).toHaveLength(1)
  await signInBySber(id)
  expect(await added()).toHaveLength(2)
})

test('who unlinks his Сбер ID makes all browsers strangers but his own', async () => {
  const { id } = await sberPerson()
  const { accessToken, email } = await signedIn()
  await link(accessToken, id)
  const [own, foreign] = [deviceOf(await signInBySber(id)), deviceOf(await signInBySber(id))]
  const headers = { ...bearer(accessToken), cookie: own }
  await app.request('/v1/identities/sber-id', { method: 'DELETE', headers }, world.resources)
  world.pass(11 * 60_000)
  expect(await isReserved(email, foreign)).toBe(false)
  world.pass(11 * 60_000)
  expect(await isReserved(email, own)).toBe(true)
})
