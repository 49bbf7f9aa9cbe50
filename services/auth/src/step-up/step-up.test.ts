import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { createPasskey, type Passkey, type Twist } from '@kontora/simulators/passkey'
import { decodeJwt } from 'jose'
import { makeRecoveryCodes } from '../recovery-codes/make-recovery-codes.ts'
import { openWorld, type World } from '../testing.node.ts'
import {
  answerIn,
  type Browser,
  openApplication,
  openBrowser,
  passkeyFormIn,
  signInByPage,
} from '../testing-browser.node.ts'

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

const acr = 'urn:kontora:acr:second-proof'
const surely = { acr_values: acr, max_age: '300' }
const title = '<h1>Подтвердите, что это вы</h1>'
type Page = { text: string }
const faultIn = ({ text }: Page) =>
  /<div class="notice wrong" role="alert" id="fault"><h2>[^<]*<\/h2><p>(?:<a[^>]*>)?([^<]*)/.exec(text)?.[1]

let count = 0
/** Signed in by the page, before an application that wants a second proof. */
const arrive = async () => {
  const email = `sure-${++count}@example.com`
  const { userId } = world.invite(email)
  const browser = openBrowser(world)
  const application = await openApplication(world)
  await signInByPage(world, browser, application.url(), email)
  const [session] = await world.sql<{ id: string }[]>`select id from sessions where user_id = ${userId}`
  const user = { id: userId, machine: false, sessionId: session?.id, clientId: 'portal', authTime: undefined }
  return { email, userId, user, browser, application, url: application.url(surely) }
}
type Arrived = Awaited<ReturnType<typeof arrive>>

const keepPasskey = async ({ userId }: Pick<Arrived, 'userId'>) => {
  const passkey = await createPasskey({ algorithm: 'ES256', origin: 'https://kontora.test' })
  const { sql, newId, now } = world.resources
  const row = { id: newId(), userId, credentialId: passkey.id, publicKey: passkey.publicKey, name: 'Ключ' }
  const kept = { counter: 0, transports: sql.json([]), backupEligible: false, backedUp: false }
  await sql`insert into passkeys ${sql({ ...row, ...kept, addedAt: now() })}`
  return passkey
}
const sign = async (page: Page, passkey: Passkey, browser: Browser, twist: Twist = {}) => {
  const { action, options, fields } = passkeyFormIn(page)
  const credential = JSON.stringify(await passkey.get(options, { userHandle: null, ...twist }))
  return browser.post(action, { ...fields, credential })
}
const askCode = async (browser: Browser, page: Page) => {
  const before = (await world.letters()).length
  const asked = await browser.submit(page, '/v1/step-up/ask?')
  await world.resolve()
  const letter = (await world.letters()).slice(before).at(-1)
  return { page: await browser.get(asked.headers.get('location') ?? ''), letter, code: letter?.code ?? '' }
}
const other = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

test('without a passkey a new code to the own address proves, and the application’s token says so', async () => {
  const { email, browser, application, url } = await arrive()
  const page = await browser.get(url)
  expect([page.status, page.text.includes(title), /<script|passkey/.test(page.text)]).toEqual([
    200,
    true,
    false,
  ])
  const { page: codePage, letter, code } = await askCode(browser, page)
  expect(letter).toMatchObject({ email, purpose: 'second-proof', locale: 'ru' })
  expect(codePage.text).not.toContain(email)
  const wrong = await browser.submit(codePage, '/v1/step-up/code', { code: other(code) })
  expect([wrong.status, faultIn(wrong)]).toEqual([401, 'Код не подошёл. Осталось попыток: 4.'])
  await pass(1000)
  const back = await browser.submit(codePage, '/v1/step-up/code', { code })
  expect(answerIn(back)).toMatchObject({ state: 'state-1', code: expect.any(String) })
  const { tokens } = await application.exchange(answerIn(back).code ?? '')
  const authTime = Math.floor(world.resources.now().getTime() / 1000)
  expect(decodeJwt(tokens.access_token)).toMatchObject({ acr, auth_time: authTime, client_id: 'spa' })
  expect((await browser.get(url)).status).toBe(303)
  await pass(301_000)
  expect((await browser.get(url)).text).toContain(title)
})

test('a code that signed in does not prove, nor does one that another session asked for', async () => {
  const [one, two] = [await arrive(), await arrive()]
  const { page, code } = await askCode(one.browser, await one.browser.get(one.url))
  const stolen = one.browser.cookies.get('__Host-kontora-sign-in') ?? ''
  two.browser.cookies.set('__Host-kontora-sign-in', stolen)
  const lost = await two.browser.submit(page, '/v1/step-up/code', { code })
  expect([lost.status, faultIn(lost)]).toEqual([
    400,
    'Этот код запрошен слишком давно или в другом браузере. Запросите новый.',
  ])
  expect((await one.browser.submit(page, '/v1/step-up/code', { code })).status).toBe(303)
})

test('whoever has a passkey proves by it, and is sent no letter in its place', async () => {
  const arrived = await arrive()
  const { browser, application, url } = arrived
  const before = await browser.get(url)
  const passkey = await keepPasskey(arrived)
  const letters = (await world.letters()).length
  const asked = await browser.submit(before, '/v1/step-up/ask?')
  expect([asked.status, (await world.letters()).length]).toEqual([303, letters])
  const page = await browser.get(url)
  expect(page.text).toContain('Ключ доступа работает только с включённым JavaScript')
  expect(page.text).not.toMatch(/\/v1\/step-up\/(ask|code|recovery-code)/)
  for (const twist of [{ forged: true }, { origin: 'https://evil.test' }, { userVerified: false }]) {
    const refused = await sign(page, passkey, browser, twist)
    expect([refused.status, faultIn(refused)]).toEqual([
      401,
      'Этот ключ доступа не подошёл. Попробуйте ещё раз.',
    ])
  }
  const back = await sign(page, passkey, browser)
  const { tokens } = await application.exchange(answerIn(back).code ?? '')
  expect(decodeJwt(tokens.access_token)).toMatchObject({ acr, amr: ['otp', 'pop', 'user', 'mfa'] })
  expect((await sign(page, passkey, browser)).status).toBe(401)
})

test('the passkey of another person proves nothing, nor a challenge of another session', async () => {
  const [one, two] = [await arrive(), await arrive()]
  const [own, foreign] = [await keepPasskey(one), await keepPasskey(two)]
  const page = await one.browser.get(one.url)
  expect((await sign(page, foreign, one.browser)).status).toBe(401)
  const { options } = passkeyFormIn(await two.browser.get(two.url))
  const { action, fields } = passkeyFormIn(page)
  const credential = JSON.stringify(await own.get(options, { userHandle: null }))
  expect((await one.browser.post(action, { ...fields, credential })).status).toBe(401)
})

test('a recovery code proves without a script, once, and a wrong one is told at its field', async () => {
  const arrived = await arrive()
  const { browser, user, url } = arrived
  await keepPasskey(arrived)
  const [code = ''] = await makeRecoveryCodes(world.resources, user)
  const page = await browser.get(url)
  const give = (recovery: string) => browser.submit(page, '/v1/step-up/recovery-code', { recovery })
  expect(faultIn(await give('abc'))).toBe('Введите 16 букв и цифр резервного кода.')
  const wrong = await give('AAAA-BBBB-CCCC-DDDD')
  expect(faultIn(wrong)).toBe('Резервный код не подошёл. Возможно, он уже использован.')
  expect(wrong.text).toContain('aria-describedby="fault recovery-hint"')
  expect(answerIn(await give(code.toLowerCase())).code).toBeString()
  expect((await give(code)).status).toBe(401)
})

test('ten wrong recovery codes are all for a day, and the page says for how long', async () => {
  const arrived = await arrive()
  await makeRecoveryCodes(world.resources, arrived.user)
  const page = await arrived.browser.get(arrived.url)
  const give = () =>
    arrived.browser.submit(page, '/v1/step-up/recovery-code', { recovery: 'AAAA-BBBB-CCCC-DDDD' })
  for (let tried = 0; tried < 10; tried++) expect((await give()).status).toBe(401)
  const many = await give()
  expect([many.status, many.headers.get('retry-after')]).toEqual([429, '86400'])
  expect(faultIn(many)).toBe('Слишком много попыток. Следующая будет возможна через 24 часа.')
})

test('after a sign-in that is not sure enough the second proof is asked for, and then the browser goes back', async () => {
  const { email, browser, application } = await arrive()
  const url = application.url({ ...surely, prompt: 'login', state: 'state-2' })
  const { back } = await signInByPage(world, browser, url, email)
  const to = back.headers.get('location') ?? ''
  expect([to.includes('/v1/authorize?'), to.includes('prompt')]).toEqual([true, false])
  const { page, code } = await askCode(browser, await browser.get(to))
  expect(answerIn(await browser.submit(page, '/v1/step-up/code', { code }))).toMatchObject({
    state: 'state-2',
    code: expect.any(String),
  })
})

test('a form of another site, a stale feed, an ended session and a block prove nobody', async () => {
  const { browser, userId, url } = await arrive()
  const { page, code } = await askCode(browser, await browser.get(url))
  const address = url.replace('authorize', 'step-up/code')
  expect((await browser.post(address, { code }, { origin: 'https://evil.test' })).status).toBe(403)
  world.pass(6000)
  const stale = await browser.submit(page, '/v1/step-up/code', { code })
  expect([stale.status, stale.headers.get('retry-after')]).toEqual([503, '1'])
  await world.testAccess.beat()
  await world.testAccess.block(userId)
  const blocked = await browser.submit(page, '/v1/step-up/code', { code })
  expect([blocked.status, blocked.headers.get('location')?.includes('/v1/authorize?')]).toEqual([303, true])
  expect((await browser.get(url)).text).toContain('<h1>Вход</h1>')
})

test('a passkey signs in by the page, is the second proof too, and is worth nothing when it is forged', async () => {
  const arrived = await arrive()
  const passkey = await keepPasskey(arrived)
  const browser = openBrowser(world, 'en')
  const page = await browser.get(arrived.url)
  expect(page.text).toContain('Sign in with a passkey')
  const userHandle = Buffer.from(arrived.userId).toString('base64url')
  const refused = await sign(page, passkey, browser, { userHandle, forged: true })
  expect([refused.status, faultIn(refused)]).toEqual([
    401,
    'This passkey is not right. Try again, or sign in with a code from a letter.',
  ])
  const back = await sign(refused, passkey, browser, { userHandle })
  const { tokens } = await arrived.application.exchange(answerIn(back).code ?? '')
  expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: arrived.userId, acr })
  const bent = await browser.post(passkeyFormIn(page).action, {
    ...passkeyFormIn(page).fields,
    credential: '{',
  })
  expect(bent.status).toBe(400)
})

test('the script is our own file, told by its type, and holds nothing of anybody', async () => {
  const script = await openBrowser(world).get('/v1/passkey.js')
  expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8'])
  expect(script.headers.get('x-content-type-options')).toBe('nosniff')
  new Bun.Transpiler().scan(script.text)
})
