import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { createPasskey } from '@kontora/simulators/passkey'
import { issuer, openWorld, type World } from '../testing.node.ts'
import { type Browser, openBrowser, passkeyFormIn, signInByPage } from '../testing-browser.node.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
const pass = async (ms: number) => {
  world.pass(ms)
  await world.testAccess.beat()
}
beforeEach(() => pass(10 * 60_000))

const account = '/v1/account'
const to = (page: { headers: Headers }) => page.headers.get('location') ?? ''
type Page = { text: string }
const faultIn = ({ text }: Page) =>
  /<div class="notice wrong" role="alert" id="fault"><h2>[^<]*<\/h2><p>([^<]*)/.exec(text)?.[1]

let count = 0
const person = () => {
  const email = `own-${++count}@example.com`
  return { email, ...world.invite(email) }
}
const signIn = async (email: string, language = 'ru') => {
  const browser = openBrowser(world, language)
  const { back } = await signInByPage(world, browser, to(await browser.get(account)), email)
  return { browser, back }
}
const prove = async (browser: Browser) => {
  const page = await browser.get(account)
  const at = /href="([^"]*acr_values[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const before = (await world.letters()).length
  const asked = await browser.submit(await browser.get(at), '/v1/step-up/ask?')
  await world.resolve()
  const code = (await world.letters()).slice(before).at(-1)?.code ?? ''
  const back = await browser.submit(await browser.get(to(asked)), '/v1/step-up/code', { code })
  expect(to(back)).toBe(`${issuer}${account}`)
  return browser.get(account)
}
const add = async (browser: Browser, page: Page, name = 'Ноутбук') => {
  const passkey = await createPasskey({ algorithm: 'ES256', origin: 'https://kontora.test' })
  const { action, options, fields } = passkeyFormIn(page, 'create')
  const credential = JSON.stringify(await passkey.create(options))
  return browser.post(action, { ...fields, credential, name })
}

test('who is not signed in does so and lands here, and no code is made for it', async () => {
  const { browser, back } = await signIn(person().email)
  expect(to(back)).toBe(`${issuer}${account}`)
  const page = await browser.get(account)
  expect([page.status, page.text.includes('<h1>Безопасность</h1>')]).toEqual([200, true])
  expect(page.headers.get('content-security-policy')).toContain("form-action 'self';")
  expect(page.text).not.toContain('<script')
  const codes = await world.sql`select code_hash from authorization_codes where client_id = 'account'`
  expect(codes).toHaveLength(0)
})

test('a language that was chosen stays chosen through signing in and on the page', async () => {
  const browser = openBrowser(world, 'ru')
  const begun = to(await browser.get(`${account}?ui_locales=en`))
  const { back } = await signInByPage(world, browser, begun, person().email)
  expect(to(back)).toBe(`${issuer}${account}?ui_locales=en`)
  expect((await browser.get(to(back))).text).toContain('/v1/account/sessions/all?ui_locales=en')
})

test('sessions are told with their devices; one ends, then the others, then all', async () => {
  const { email } = person()
  const { browser: first } = await signIn(email)
  const others: Browser[] = []
  for (let at = 0; at < 3; at++) {
    await pass(5 * 60_000)
    others.push((await signIn(email)).browser)
  }
  const page = await first.get(account)
  expect(page.text.match(/\(этот сеанс\)/g)).toHaveLength(1)
  expect(page.text.match(/sessions\/end/g)).toHaveLength(3)
  expect(to(await first.submit(page, '/sessions/end'))).toBe(`${issuer}${account}`)
  expect((await others[2]?.get(account))?.status).toBe(303)
  expect((await others[1]?.get(account))?.status).toBe(200)
  await first.submit(await first.get(account), '/sessions/others')
  for (const other of others) expect((await other.get(account)).status).toBe(303)
  const gone = await first.submit(await first.get(account), '/sessions/all')
  expect(gone.text).toContain('<h1>Вы вышли</h1>')
  expect((await first.get(account)).status).toBe(303)
})

test('a session of somebody else does not end', async () => {
  const [{ email }, other] = [person(), person()]
  const { browser } = await signIn(email)
  const { browser: foreign } = await signIn(other.email)
  const [row] = await world.sql<{ id: string }[]>`select id from sessions where user_id = ${other.userId}`
  await browser.post(`${account}/sessions/end`, { id: row?.id ?? '' })
  expect((await foreign.get(account)).status).toBe(200)
})

test('nothing that opens the account is done without a fresh second proof, nor by another site’s form', async () => {
  const { email, userId } = person()
  const { browser } = await signIn(email)
  const page = await browser.get(account)
  expect(page.text).not.toMatch(/account\/(passkeys|recovery-codes|providers)/)
  const id = crypto.randomUUID()
  const forms: [string, Record<string, string>][] = [
    ['passkeys/add', { challengeId: 'x', credential: '{}', name: 'x' }],
    ['passkeys/remove', { id }],
    ['recovery-codes', {}],
    ['providers/link', { provider: 'sber-id' }],
    ['providers/unlink', { provider: 'sber-id' }],
  ]
  for (const [form, fields] of forms) {
    const asked = await browser.post(`${account}/${form}`, fields)
    expect([form, asked.status, to(asked).includes('acr_values')]).toEqual([form, 303, true])
    const foreign = await browser.post(`${account}/${form}`, fields, { origin: 'https://evil.test' })
    expect([form, foreign.status]).toEqual([form, 403])
  }
  await prove(browser)
  world.pass(6000)
  expect((await browser.post(`${account}/recovery-codes`, {})).status).toBe(503)
  await pass(301_000)
  expect((await browser.post(`${account}/recovery-codes`, {})).status).toBe(303)
  expect(await world.sql`select code_hash from recovery_codes where user_id = ${userId}`).toHaveLength(0)
})

test('a passkey is added, named and removed, and the page says what did not work', async () => {
  const { email, userId } = person()
  const { browser } = await signIn(email)
  const page = await prove(browser)
  expect(passkeyFormIn(page, 'create').options).toMatchObject({ user: { name: email } })
  expect(page.headers.get('content-security-policy')).toContain(`script-src ${issuer}/v1/passkey.js;`)
  expect(to(await add(browser, page))).toBe(`${issuer}${account}`)
  const twice = await add(browser, page)
  expect([twice.status, faultIn(twice)?.startsWith('Ключ не добавлен')]).toEqual([409, true])
  const unnamed = await add(browser, await browser.get(account), ' ')
  expect([unnamed.status, faultIn(unnamed)]).toEqual([400, 'Дайте ключу название до 100 знаков.'])
  await browser.submit(await browser.get(account), '/passkeys/name', { name: 'Телефон <Анны>' })
  const named = await browser.get(account)
  expect(named.text).toContain('<strong>Телефон &lt;Анны&gt;</strong>')
  await browser.submit(named, '/passkeys/remove')
  expect(await world.sql`select id from passkeys where user_id = ${userId}`).toHaveLength(0)
  expect((await world.events('auth.passkey-removed')).filter((one) => one.userId === userId)).toHaveLength(1)
})

test('recovery codes are shown once, and the page then says how many are left', async () => {
  const { browser } = await signIn(person().email, 'en')
  const page = await prove(browser)
  const made = await browser.submit(page, '/recovery-codes')
  expect([made.status, made.headers.get('cache-control')]).toEqual([200, 'no-store'])
  expect(made.text.match(/<li>[0-9A-Z]{4}(-[0-9A-Z]{4}){3}<\/li>/g)).toHaveLength(10)
  expect((await browser.get(account)).text).toContain('Codes left: 10.')
})

test('a provider is linked by way of its own page, and unlinked', async () => {
  const { email, userId } = person()
  const { browser } = await signIn(email)
  const page = await prove(browser)
  const wayOn = await browser.submit(page, '/providers/link')
  expect(wayOn.text).toContain('<h1>Подключить Сбер ID</h1>')
  const [, url = ''] = /<a class="button" href="([^"]*)"/.exec(wayOn.text) ?? []
  const control = async (path: string, body: object) =>
    (await world.sber.app.request(path, { method: 'POST', body: JSON.stringify(body) })).text()
  await control('/_sim/people', { id: 'own', sub: 'own-sub', email })
  const text = await control('/_sim/authorize', { url: url.replaceAll('&amp;', '&'), person: 'own' })
  const { redirect } = JSON.parse(text) as { redirect: string }
  expect((await browser.get(redirect)).text).toContain('Сбер ID связан')
  const linked = await browser.get(account)
  expect(linked.text).toContain('Подключён ')
  await browser.submit(linked, '/providers/unlink')
  expect(await world.sql`select subject from identities where user_id = ${userId}`).toHaveLength(0)
})
