import { beforeEach, expect, test } from 'bun:test'
import { Hono } from 'hono'
import { exportJWK, generateKeyPair } from 'jose'
import { type BaseResources, createApp } from '../../create-app.ts'
import { createHealth } from '../../health.ts'
import { createLog } from '../../log.ts'
import { Problem } from '../../problem.ts'
import { createSeal } from '../../seal.ts'
import { type PageResources, signedInPage, signInRoutes, tellPeople } from '../pages.ts'

const { privateKey } = await generateKeyPair('Ed25519', { extractable: true })
const issuer = 'https://portal.test/auth'
const url = 'https://portal.test/payment'

let time = Date.parse('2026-11-27T10:00:00Z')
let asked: Record<string, string>[] = []
/** `auth` at its token endpoint. */
let auth: 'well' | 'over' | 'away' = 'well'
let isRevoked = false
let challenge: string | undefined

const ask = async (address: string, init: RequestInit): Promise<Response> => {
  if (auth === 'away') throw new TypeError('refused')
  const fields = Object.fromEntries(init.body as URLSearchParams)
  asked.push({ address, ...fields } as Record<string, string>)
  if (address.endsWith('/revoke')) return new Response()
  if (auth === 'over') return Response.json({ error: 'invalid_grant' }, { status: 400 })
  return Response.json({
    access_token: `access-${asked.length}`,
    refresh_token: `refresh-${asked.length}`,
    expires_in: 300,
  })
}

type Resources = BaseResources & PageResources
type Env = { Bindings: Resources; Variables: { accessToken: string } }

const resources: Omit<Resources, 'sql'> = {
  now: () => new Date(time),
  newId: () => crypto.randomUUID(),
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  log: createLog(
    'payment',
    () => new Date(time),
    () => {},
  ),
  health: createHealth(),
  pages: {
    ...{ name: 'payment', issuer, url, home: '/invoices', isSecure: true, ask },
    tokenUrl: 'http://auth:8080/v1/token',
    machineKey: JSON.stringify(await exportJWK(privateKey)),
    seal: createSeal('A'.repeat(43)),
  },
}

const invoices = new Hono<Env>().get('/', tellPeople(), signedInPage(), (c) => {
  if (isRevoked) throw new Problem('not-signed-in', 'This session has ended')
  if (challenge) return c.text('', 401, { 'www-authenticate': challenge })
  return c.text(c.var.accessToken)
})
const app = createApp<Resources>({ title: 'payment', description: 'pages' })
  .route('/invoices', invoices)
  .route('/', signInRoutes())

const openBrowser = () => {
  const cookies = new Map<string, string>()
  const send = async (path: string, init: RequestInit = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html', cookie, ...(init.headers as Record<string, string>) }
    const answer = await app.request(path.replace(url, ''), { ...init, headers }, resources)
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/max-age=0/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const to = answer.headers.get('location') ?? ''
    return { status: answer.status, to, text: await answer.text(), headers: answer.headers }
  }
  /** What `auth` sends the browser back with. */
  const back = (to: string, change: Record<string, string> = {}) => {
    const state = new URL(to).searchParams.get('state') ?? ''
    return send(`/sign-in/callback?${new URLSearchParams({ code: 'code-1', state, iss: issuer, ...change })}`)
  }
  const signIn = async (path = '/invoices') => back((await send(path)).to)
  return { cookies, get: send, back, signIn }
}

beforeEach(() => {
  time += 3_600_000
  asked = []
  auth = 'well'
  isRevoked = false
  challenge = undefined
})

test('who is not signed in goes to the page of auth and comes back to what he wanted', async () => {
  const browser = openBrowser()
  const { status, to, headers } = await browser.get('/invoices?ui_locales=en')
  expect(status).toBe(303)
  expect(headers.get('cache-control')).toBe('no-store')
  const wanted = new URL(to)
  expect(`${wanted.origin}${wanted.pathname}`).toBe(`${issuer}/v1/authorize`)
  expect(Object.fromEntries(wanted.searchParams)).toMatchObject({
    ...{ response_type: 'code', client_id: 'payment', code_challenge_method: 'S256' },
    redirect_uri: `${url}/sign-in/callback`,
  })
  const landed = await browser.back(to)
  expect([landed.status, landed.to]).toEqual([303, `${url}/invoices?ui_locales=en`])
  const verifier = asked[0]?.code_verifier ?? ''
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  expect(wanted.searchParams.get('code_challenge')).toBe(Buffer.from(digest).toString('base64url'))
  expect(asked[0]).toMatchObject({
    ...{ address: 'http://auth:8080/v1/token', grant_type: 'authorization_code', code: 'code-1' },
    ...{ client_id: 'payment', redirect_uri: `${url}/sign-in/callback` },
    client_assertion: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
  })
  expect((await browser.get('/invoices')).text).toBe('access-1')
})

test('the cookie is this host’s alone, and what it holds cannot be read', async () => {
  const browser = openBrowser()
  const landed = await browser.signIn()
  const [line = ''] = landed.headers.getSetCookie().filter((one) => one.startsWith('__Host-kontora-payment='))
  for (const part of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(line).toContain(part)
  const read = line.split(/[=;]/)[1] ?? ''
  for (const part of read.split('.'))
    expect(Buffer.from(part, 'base64url').toString()).not.toMatch(/access-|refresh-/)
  expect([...browser.cookies.keys()]).toEqual(['__Host-kontora-payment'])
})

test('a code of another browser, another issuer, a refusal or a bent state signs nobody in', async () => {
  const [browser, thief] = [openBrowser(), openBrowser()]
  const { to } = await browser.get('/invoices')
  const wrong = [
    await thief.back(to),
    await browser.back(to, { state: 'x' }),
    await browser.back(to, { iss: 'https://evil.test' }),
  ]
  const refused = await browser.get('/invoices')
  wrong.push(
    await browser.get(
      `/sign-in/callback?error=access_denied&iss=${issuer}&state=${new URL(refused.to).searchParams.get('state')}`,
    ),
  )
  for (const { status, text } of wrong) {
    expect(status).toBe(401)
    expect(text).toContain('<h1>Вход не завершён</h1>')
  }
  expect(asked).toEqual([])
})

test('a code is sent on once: a second one would end the session', async () => {
  const browser = openBrowser()
  const { to } = await browser.get('/invoices')
  await browser.back(to)
  const again = await browser.back(to)
  expect([again.status, again.to]).toEqual([303, `${url}/invoices`])
  expect(asked).toHaveLength(1)
})

test('five tabs may be signing in at once, and one more takes the place of the first', async () => {
  const browser = openBrowser()
  const begun: string[] = []
  for (let tab = 0; tab < 6; tab++) begun.push((await browser.get(`/sign-in?to=/invoices?tab=${tab}`)).to)
  expect((await browser.back(begun[0] ?? '')).status).toBe(401)
  for (const tab of [3, 1, 5, 2, 4])
    expect((await browser.back(begun[tab] ?? '')).to).toBe(`${url}/invoices?tab=${tab}`)
})

test('nobody is sent elsewhere afterwards', async () => {
  for (const to of ['//evil.test', '/\\evil.test', 'https://evil.test', '/a\\b', '/%0d%0a', '/a b']) {
    const browser = openBrowser()
    const begun = await browser.get(`/sign-in?to=${to.includes('%') ? to : encodeURIComponent(to)}`)
    expect((await browser.back(begun.to)).to).toBe(`${url}/invoices`)
  }
})

test('an access token that ends is refreshed, and the browser gets the next tokens', async () => {
  const browser = openBrowser()
  await browser.signIn()
  time += 271_000
  expect((await browser.get('/invoices')).text).toBe('access-2')
  expect(asked[1]).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'refresh-1' })
  expect((await browser.get('/invoices')).text).toBe('access-2')
  time += 300_000
  await browser.get('/invoices')
  expect(asked[2]?.refresh_token).toBe('refresh-2')
})

test('a session that is over is signed in anew; an auth that is away is told, and the cookie stays', async () => {
  const browser = openBrowser()
  await browser.signIn()
  time += 300_000
  auth = 'away'
  const away = await browser.get('/invoices')
  expect(away.status).toBe(503)
  expect(away.text).toContain('<h1>Сервис сейчас не отвечает</h1>')
  auth = 'over'
  const over = await browser.get('/invoices')
  expect([over.status, over.to.startsWith(`${issuer}/v1/authorize?`)]).toEqual([303, true])
  expect(browser.cookies.has('__Host-kontora-payment')).toBe(false)
})

test('a token that is refused here asks for a sign-in by all means, so that nobody goes in circles', async () => {
  const browser = openBrowser()
  await browser.signIn()
  isRevoked = true
  const { status, to, headers } = await browser.get('/invoices')
  expect([status, new URL(to).searchParams.get('prompt')]).toEqual([303, 'login'])
  for (const name of ['www-authenticate', 'content-type']) expect(headers.has(name)).toBe(false)
  isRevoked = false
  expect((await browser.back(to)).to).toBe(`${url}/invoices`)
  expect((await browser.get('/invoices')).text).toBe('access-2')
})

test('a page that wants a fresher or a surer proof has auth ask for it', async () => {
  const browser = openBrowser()
  await browser.signIn()
  challenge = 'Bearer error="insufficient_user_authentication", acr_values="two-factor", max_age="300"'
  const { status, to } = await browser.get('/invoices')
  const { acr_values, max_age, prompt } = Object.fromEntries(new URL(to).searchParams)
  expect([status, acr_values, max_age, prompt]).toEqual([303, 'two-factor', '300', undefined])
})

test('a forged or foreign cookie is none', async () => {
  const browser = openBrowser()
  await browser.signIn()
  const [good = ''] = browser.cookies.values()
  const other = await createSeal('A'.repeat(43)).close(
    'payment sign-in',
    JSON.stringify({ access: 'a', refresh: 'r', until: 9e15 }),
  )
  for (const bad of [`${good.slice(0, -2)}AA`, 'x', other]) {
    browser.cookies.set('__Host-kontora-payment', bad)
    expect((await browser.get('/invoices')).status).toBe(303)
  }
})

test('signing out takes the tokens back at auth and goes on to its page; no other site can', async () => {
  const browser = openBrowser()
  await browser.signIn()
  const post = (headers: Record<string, string>) => browser.get('/sign-out', { method: 'POST', headers })
  for (const headers of [{}, { origin: 'https://evil.test' }, { origin: 'null' }])
    expect((await post(headers as Record<string, string>)).status).toBe(403)
  expect(asked).toHaveLength(1)
  const left = await post({ origin: 'https://portal.test' })
  expect(asked[1]).toMatchObject({ address: 'http://auth:8080/v1/revoke', token: 'refresh-1' })
  expect(left.to).toStartWith(`${issuer}/v1/sign-out?client_id=payment&post_logout_redirect_uri=`)
  expect(browser.cookies.has('__Host-kontora-payment')).toBe(false)
})

test('without its settings a service has no pages', async () => {
  const none = { ...resources, pages: undefined }
  for (const path of ['/invoices', '/sign-in', '/sign-in/callback?state=a&iss=b'])
    expect((await app.request(path, {}, none)).status).toBe(404)
})

test('a page that one may not see says so, and not that another site has asked', async () => {
  const hidden = createApp<Resources>({ title: 'payment', description: 'pages' }).route(
    '/secret',
    new Hono<Env>().get('/', tellPeople(), () => {
      throw new Problem('forbidden', 'This needs payment:refund')
    }),
  )
  const ask = (headers: Record<string, string>) => hidden.request('/secret', { headers }, resources)
  const page = await ask({ accept: 'text/html', 'accept-language': 'en' })
  expect([page.status, (await page.text()).includes('<h1>You may not come here</h1>')]).toEqual([403, true])
  expect((await ask({})).headers.get('content-type')).toBe('application/problem+json')
})
