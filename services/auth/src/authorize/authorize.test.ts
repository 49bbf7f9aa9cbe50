import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { decodeJwt, SignJWT } from 'jose'
import { endSession } from '../sessions/end-session.ts'
import { issuer, openWorld, type World } from '../testing.node.ts'
import { answerIn, callback, openApplication, openBrowser, signInByPage } from '../testing-browser.node.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.pass(10 * 60_000))

let count = 0
const person = () => {
  const email = `page-${++count}@example.com`
  return { email, ...world.invite(email) }
}
/** Somebody who has signed in to the application in a browser of his own. */
const signedIn = async () => {
  const one = person()
  const browser = openBrowser(world)
  const application = await openApplication(world)
  const { back } = await signInByPage(world, browser, application.url(), one.email)
  return { ...one, browser, application, back, code: answerIn(back).code ?? '' }
}
const refresh = async (refresh_token: string, fields: Record<string, string> = {}) => {
  const answer = await world.form(
    '/v1/token',
    { grant_type: 'refresh_token', refresh_token, ...fields },
    { 'user-agent': 'a browser' },
  )
  return { status: answer.status, body: (await answer.json()) as { refresh_token: string; error?: string } }
}

test('a person signs in by the page, the application gets tokens of one session for itself', async () => {
  const { userId, back, code, application } = await signedIn()
  expect(back.status).toBe(303)
  expect(back.headers.get('cache-control')).toBe('no-store')
  expect(back.headers.get('location')).toStartWith(`${callback}?`)
  expect(answerIn(back)).toEqual({ code, state: 'state-1', iss: issuer })
  expect(code).toMatch(/^[\w-]{43}$/)
  const { status, tokens } = await application.exchange(code)
  expect(status).toBe(200)
  const claims = decodeJwt(tokens.access_token)
  expect(claims).toMatchObject({ sub: userId, client_id: 'spa', aud: 'portal', amr: ['otp'] })
  const next = await refresh(tokens.refresh_token)
  expect(next.status).toBe(200)
  expect((await refresh(next.body.refresh_token, { client_id: 'spa' })).status).toBe(200)
})

test('a second application in the same browser needs no new code, and neither rotates the other away', async () => {
  const { browser, code, application } = await signedIn()
  const first = await application.exchange(code)
  const other = await openApplication(world)
  const back = await browser.get(other.url({ state: 'other' }))
  expect(back.status).toBe(303)
  const second = await other.exchange(answerIn(back).code ?? '')
  expect(decodeJwt(second.tokens.access_token).sid).toBe(decodeJwt(first.tokens.access_token).sid ?? '')
  for (const { tokens } of [first, second]) expect((await refresh(tokens.refresh_token)).status).toBe(200)
})

test('the end of the session ends the browser’s sign-in and the tokens of every application', async () => {
  const { browser, code, application } = await signedIn()
  const { tokens } = await application.exchange(code)
  await endSession(world.resources, String(decodeJwt(tokens.access_token).sid))
  expect((await refresh(tokens.refresh_token)).body.error).toBe('invalid_grant')
  expect((await browser.get(application.url())).status).toBe(200)
})

test('a blocked person’s browser gets no code, and a code that he has gives nothing', async () => {
  const { userId, browser, code, application } = await signedIn()
  await world.testAccess.block(userId)
  expect((await browser.get(application.url())).status).toBe(200)
  expect((await application.exchange(code)).body.error).toBe('invalid_grant')
})

test('a code is good once: the second use ends what the first one gave', async () => {
  const { code, application } = await signedIn()
  const { tokens } = await application.exchange(code)
  const sessionId = decodeJwt(tokens.access_token).sid
  expect((await application.exchange(code)).body.error).toBe('invalid_grant')
  expect((await refresh(tokens.refresh_token)).body.error).toBe('invalid_grant')
  const revoked = await world.events('auth.session-revoked')
  expect(revoked.filter((event) => event.sessionId === sessionId)).toHaveLength(1)
})

test('of twenty uses at once one gives tokens, and they are dead', async () => {
  const { code, application } = await signedIn()
  const answers = await Promise.all(Array.from({ length: 20 }, () => application.exchange(code)))
  const given = answers.filter(({ status }) => status === 200)
  expect(given.length).toBeLessThanOrEqual(1)
  for (const { tokens } of given) expect((await refresh(tokens.refresh_token)).status).toBe(400)
})

test('a code is for its application, address and verifier, for a minute, and any try spends it', async () => {
  const wrong: Record<string, string>[] = [
    { client_id: 'other' },
    { redirect_uri: `${callback}?tab=1` },
    { redirect_uri: `${callback}/` },
    { code_verifier: 'x'.repeat(43) },
  ]
  for (const change of wrong) {
    const { code, application, browser } = await signedIn()
    expect((await application.exchange(code, change)).body.error).toBe('invalid_grant')
    expect((await application.exchange(code)).body.error).toBe('invalid_grant')
    // Nothing was given, so nobody is signed out by whoever found a code.
    expect((await browser.get(application.url())).status).toBe(303)
  }
  const { code, application } = await signedIn()
  expect((await application.exchange('A'.repeat(43))).body.error).toBe('invalid_grant')
  world.pass(60_000)
  expect((await application.exchange(code)).body.error).toBe('invalid_grant')
  const without = { grant_type: 'authorization_code', code, redirect_uri: callback, client_id: 'spa' }
  expect((await world.form('/v1/token', without)).status).toBe(400)
})

test('at rest there is neither a code nor a refresh token of an application', async () => {
  const { code, application } = await signedIn()
  const { tokens } = await application.exchange(code)
  const rows = await world.sql`
    select to_jsonb(authorization_codes) as row from authorization_codes
    union all select to_jsonb(client_families) from client_families`
  const text = JSON.stringify(rows)
  expect(text.length).toBeGreaterThan(100)
  for (const secret of [code, tokens.refresh_token]) expect(text).not.toContain(secret)
})

const assertion = (clientId = 'payment') =>
  new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setExpirationTime(Math.floor(world.resources.now().getTime() / 1000) + 30)
    .sign(world.machineKey)
const proof = async () => ({
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: await assertion(),
})

test('a service of ours proves itself for the code and for each refresh', async () => {
  const { browser } = await signedIn()
  const service = await openApplication(world)
  const redirect_uri = 'https://kontora.test/payment/sign-in/callback'
  const wanted = { client_id: 'payment', redirect_uri }
  const codeFor = async () => answerIn(await browser.get(service.url(wanted))).code ?? ''
  expect((await service.exchange(await codeFor(), wanted)).body.error).toBe('invalid_client')
  const { status, tokens } = await service.exchange(await codeFor(), { ...wanted, ...(await proof()) })
  expect(status).toBe(200)
  for (const fields of [{}, { client_id: 'spa' }])
    expect((await refresh(tokens.refresh_token, fields)).body.error).toBe('invalid_grant')
  expect((await refresh(tokens.refresh_token, { client_id: 'payment' })).body.error).toBe('invalid_client')
  expect((await refresh(tokens.refresh_token, await proof())).status).toBe(200)
})

test('an application that was taken off the list refreshes no more', async () => {
  const { code, application } = await signedIn()
  const { tokens } = await application.exchange(code)
  const { browserClients } = world.resources
  const spa = browserClients.get('spa')!
  browserClients.delete('spa')
  expect((await refresh(tokens.refresh_token)).body.error).toBe('invalid_grant')
  browserClients.set('spa', spa)
  expect((await refresh(tokens.refresh_token)).status).toBe(200)
})

test('an unknown application or address is told on a page, and the browser is sent nowhere', async () => {
  const { url } = await openApplication(world)
  const wrong = [
    { client_id: 'evil' },
    { client_id: undefined },
    { redirect_uri: undefined },
    ...[
      'https://evil.test/back',
      `${callback}/`,
      `${callback}?x=1`,
      `${callback}#x`,
      'https://spa.test/BACK',
    ].map((redirect_uri) => ({ redirect_uri })),
  ]
  const paths = [...wrong.map(url), `${url()}&client_id=spa`, `${url()}&redirect_uri=https://evil.test/`]
  for (const [lang, title] of [
    ['ru', 'Эта ссылка не работает'],
    ['en', 'This link does not work'],
  ] as const)
    for (const path of paths) {
      const page = await openBrowser(world, lang).get(path)
      expect({ status: page.status, to: page.headers.get('location') }).toEqual({ status: 400, to: null })
      expect(page.text).toContain(`<h1>${title}</h1>`)
      expect(page.text).not.toContain('evil')
    }
  const told = await world.get(url({ client_id: 'evil' }))
  expect(told.headers.get('content-type')).toBe('application/problem+json')
})

test('all else that is wrong is told to the application, with its state and our name', async () => {
  const { url } = await openApplication(world)
  const wrong: [string, string][] = [
    [url({ response_type: 'token' }), 'unsupported_response_type'],
    [url({ response_type: undefined }), 'invalid_request'],
    [url({ response_mode: 'fragment' }), 'invalid_request'],
    [url({ code_challenge: undefined }), 'invalid_request'],
    [url({ code_challenge: 'short' }), 'invalid_request'],
    [url({ code_challenge_method: undefined }), 'invalid_request'],
    [url({ code_challenge_method: 'plain' }), 'invalid_request'],
    [url({ prompt: 'consent' }), 'invalid_request'],
    [url({ max_age: '-1' }), 'invalid_request'],
    [`${url()}&code_challenge_method=plain`, 'invalid_request'],
    [url({ prompt: 'none' }), 'login_required'],
  ]
  for (const [path, error] of wrong) {
    const answer = await openBrowser(world).get(path)
    expect(answer.status).toBe(303)
    expect(answerIn(answer)).toMatchObject({ error, state: 'state-1', iss: issuer })
    expect(answer.headers.get('location')).toStartWith(`${callback}?`)
  }
  expect(answerIn(await openBrowser(world).get(url({ state: 'ключ', prompt: 'none' })))).not.toHaveProperty(
    'state',
  )
})

test('an address with a query of its own keeps it', async () => {
  const { browser } = await signedIn()
  const { url } = await openApplication(world)
  const back = await browser.get(url({ redirect_uri: `${callback}?tab=1` }))
  expect(answerIn(back)).toMatchObject({ tab: '1', state: 'state-1' })
})

test('prompt asks for a sign-in anew, max_age for a proof, and a fresh sign-in is enough for both', async () => {
  const { browser, email, application } = await signedIn()
  expect((await browser.get(application.url({ prompt: 'none' }))).status).toBe(303)
  expect((await browser.get(application.url({ max_age: '60' }))).status).toBe(303)
  expect((await browser.get(application.url({ prompt: 'login' }))).status).toBe(200)
  world.pass(61_000)
  expect((await browser.get(application.url({ max_age: '60' }))).text).toContain('Подтвердите, что это вы')
  expect(answerIn(await browser.get(application.url({ max_age: '60', prompt: 'none' }))).error).toBe(
    'interaction_required',
  )
  for (const wish of [{ prompt: 'login' }, { prompt: 'login', max_age: '0' }]) {
    world.pass(60_000)
    const { back } = await signInByPage(world, browser, application.url(wish), email)
    expect(answerIn(back).code).toBeString()
  }
  const fresh = openBrowser(world)
  expect(
    answerIn((await signInByPage(world, fresh, application.url({ max_age: '0' }), email)).back).code,
  ).toBeString()
})

test('a level that nobody here can reach is told to the application', async () => {
  const { browser, application } = await signedIn()
  const other = await browser.get(application.url({ acr_values: 'some-other-level' }))
  expect(answerIn(other).error).toBe('unmet_authentication_requirements')
  const any = await browser.get(application.url({ acr_values: 'some-other-level urn:kontora:acr:one-proof' }))
  expect(answerIn(any).code).toBeString()
})

test('a script in a browser gets no tokens by the API', async () => {
  const { email } = person()
  for (const headers of [{ origin: 'https://kontora.test' }, { 'sec-fetch-site': 'same-origin' }])
    expect((await world.post('/v1/sign-in', await world.askFor(email), headers)).status).toBe(403)
})

test('signing out ends the session, and comes back only where it may', async () => {
  const { browser, application } = await signedIn()
  const query = new URLSearchParams({
    client_id: 'payment',
    post_logout_redirect_uri: 'https://kontora.test/payment/',
    state: 's',
  })
  const asked = await browser.get(`/v1/sign-out?${query}`)
  expect(asked.text).toContain('<h1>Выйти?</h1>')
  const foreign = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }
  expect((await browser.post(`/v1/sign-out?${query}`, {}, foreign)).status).toBe(403)
  expect((await browser.get(application.url())).status).toBe(303)
  const done = await browser.post(`/v1/sign-out?${query}`, {})
  expect([done.status, done.headers.get('location')]).toEqual([303, 'https://kontora.test/payment/?state=s'])
  expect(browser.cookies.has('__Host-kontora-auth')).toBe(false)
  expect((await browser.get(application.url())).status).toBe(200)
  expect((await browser.get(`/v1/sign-out?${query}`)).status).toBe(303)
  expect((await browser.get('/v1/sign-out')).text).toContain('<h1>Вы вышли</h1>')
  query.set('post_logout_redirect_uri', 'https://evil.test/')
  expect((await browser.get(`/v1/sign-out?${query}`)).status).toBe(400)
})

test('the metadata says what there is', async () => {
  const said = await (await world.get('/.well-known/oauth-authorization-server')).json()
  expect(said).toMatchObject({
    authorization_endpoint: `${issuer}/v1/authorize`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  })
})
