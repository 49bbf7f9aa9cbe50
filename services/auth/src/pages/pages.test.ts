import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { decodeJwt } from 'jose'
import { issuer, openWorld, type World } from '../testing.node.ts'
import {
  answerIn,
  type Browser,
  callback,
  openApplication,
  openBrowser,
  signInByPage,
} from '../testing-browser.node.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.pass(10 * 60_000))

let count = 0
const person = () => {
  const email = `paged-${++count}@example.com`
  return { email, ...world.invite(email) }
}
const begin = async (language: 'ru' | 'en' = 'ru') => {
  const browser = openBrowser(world, language)
  const application = await openApplication(world)
  return { browser, application, page: await browser.get(application.url()) }
}
/** Waits for a code; `code` is the one in the letter, if there was one. */
const ask = async (browser: Browser, page: { text: string }, email: string) => {
  const before = (await world.letters()).length
  const asked = await browser.submit(page, 'address', { email })
  await world.resolve()
  const code = (await world.letters()).slice(before).at(-1)?.code ?? ''
  return { asked, code, page: await browser.get(asked.headers.get('location') ?? '/') }
}
const other = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
const faultIn = ({ text }: { text: string }) =>
  /<div class="notice wrong" role="alert" id="fault"><h2>[^<]*<\/h2><p>(?:<a[^>]*>)?([^<]*)/.exec(text)?.[1]

test('a page has one script of our own at most, is not kept, not framed, and talks to nobody else', async () => {
  const { page } = await begin()
  const { headers, text } = page
  expect(headers.get('cache-control')).toBe('no-store')
  const policy = headers.get('content-security-policy') ?? ''
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"])
    expect(policy).toContain(part)
  expect(policy).toContain("form-action 'self' https://spa.test")
  expect(policy).not.toMatch(/unsafe|connect-src/)
  expect(policy).toContain(`script-src ${issuer}/v1/passkey.js;`)
  expect(headers.get('referrer-policy')).toBe('same-origin')
  expect(text.match(/<script.*?<\/script>/gs)).toEqual([
    `<script src="${issuer}/v1/passkey.js" defer=""></script>`,
  ])
  expect(text).not.toMatch(/style="|\son\w+=|https?:\/\/(?!kontora\.test|www\.w3\.org)/)
  const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? ''
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))
  expect(policy).toContain(`'sha256-${Buffer.from(digest).toString('base64')}'`)
})

test('its language is the browser’s, until another is chosen, and it stays chosen', async () => {
  for (const [accepted, lang] of [
    ['en-US,en;q=0.9,ru;q=0.8', 'en'],
    ['ru', 'ru'],
    ['de;q=0.9, ru;q=0.7, en;q=0.8', 'en'],
    ['kk', 'ru'],
    ['', 'ru'],
  ] as const) {
    const { url } = await openApplication(world)
    const page = await openBrowser(world).get(url(), {}, { 'accept-language': accepted })
    expect(page.text).toContain(`<html lang="${lang}">`)
  }
  const { browser, page } = await begin('ru')
  const link = /<a href="([^"]*)" lang="en"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const inEnglish = await browser.get(link)
  expect(inEnglish.text).toContain('<h1>Sign in</h1>')
  const { email } = person()
  const { page: codePage } = await ask(browser, inEnglish, email)
  expect(codePage.text).toContain('<h1>Enter the code from the letter</h1>')
  expect((await world.letters()).at(-1)?.locale).toBe('en')
})

test('an address that is none is told at the field, and what was typed stays', async () => {
  const { browser, page } = await begin()
  const again = await browser.submit(page, 'address', { email: '"><b>anna' })
  expect(again.status).toBe(400)
  expect(faultIn(again)).toStartWith('Проверьте адрес')
  expect(again.text).toContain('aria-invalid="true"')
  expect(again.text).toContain('aria-describedby="fault"')
  expect(again.text).toContain('value="&quot;&gt;&lt;b&gt;anna"')
  expect(again.text).toContain('<title>Ошибка: ')
})

test('a wrong code tells how many tries are left, the fifth that a new code is needed', async () => {
  const { browser, page } = await begin()
  const { code, page: codePage } = await ask(browser, page, person().email)
  let now = codePage
  for (const left of [4, 3, 2, 1]) {
    now = await browser.submit(now, 'code', { code: other(code) })
    expect([now.status, faultIn(now)]).toEqual([401, `Код не подошёл. Осталось попыток: ${left}.`])
    world.pass(16_000)
  }
  now = await browser.submit(now, 'code', { code: other(code) })
  expect([now.status, faultIn(now)]).toEqual([
    401,
    'Код не подошёл, и попыток для него больше нет. Запросите новый код.',
  ])
  expect(now.text).not.toContain('/v1/sign-in/code?')
  expect(now.text).toContain('/v1/sign-in/again?')
})

test('what is no code costs no try, spaces and dashes are borne', async () => {
  const { browser, page } = await begin()
  const { code, page: codePage } = await ask(browser, page, person().email)
  for (const typed of ['', '12345', 'абвгде', '1234567', '٣٣٣٣٣٣']) {
    const again = await browser.submit(codePage, 'code', { code: typed })
    expect([again.status, faultIn(again)]).toEqual([400, 'Введите 6 цифр из письма.'])
  }
  const back = await browser.submit(codePage, 'code', { code: ` ${code.slice(0, 3)}-${code.slice(3)} ` })
  expect(answerIn(back).code).toBeString()
})

test('a guess before its time is told when the next one is possible', async () => {
  const { browser, page } = await begin()
  const { code, page: codePage } = await ask(browser, page, person().email)
  await browser.submit(codePage, 'code', { code: other(code) })
  const soon = await browser.submit(codePage, 'code', { code })
  expect(soon.status).toBe(429)
  expect(soon.headers.get('retry-after')).toBe('1')
  expect(faultIn(soon)).toBe('Слишком много попыток. Следующая будет возможна через 1 секунду.')
  world.pass(1000)
  expect((await browser.submit(codePage, 'code', { code })).status).toBe(303)
})

test('a code that is too old says so and can be asked for anew', async () => {
  const { browser, page } = await begin()
  const { email } = person()
  const { asked, code, page: codePage } = await ask(browser, page, email)
  world.pass(10 * 60_000)
  const late = await browser.submit(codePage, 'code', { code })
  expect([late.status, faultIn(late)]).toEqual([401, 'Срок действия кода истёк. Запросите новый.'])
  const seen = await browser.get(asked.headers.get('location') ?? '')
  expect(faultIn(seen)).toBe('Срок действия кода истёк. Запросите новый.')
  const before = (await world.letters()).length
  expect((await browser.submit(late, 'again')).status).toBe(303)
  await world.resolve()
  const fresh = (await world.letters()).slice(before)[0]?.code ?? ''
  const now = await browser.get(asked.headers.get('location') ?? '')
  expect((await browser.submit(now, 'code', { code: fresh })).status).toBe(303)
})

test('known, unknown and blocked addresses see the same pages', async () => {
  const blocked = person()
  world.users.get(blocked.email)!.blocked = true
  const views: string[][] = []
  for (const email of [person().email, `nobody-${count}@example.com`, blocked.email]) {
    const { browser, page } = await begin()
    const { asked, page: codePage } = await ask(browser, page, email)
    const seen = [`${asked.status}`, codePage.text]
    for (let tries = 0; tries < 6; tries++) {
      const now = await browser.submit(codePage, 'code', { code: '000000' })
      seen.push(`${now.status} ${now.text}`)
      world.pass(16_000)
    }
    const plain = (text: string) =>
      text
        .replaceAll(email, 'somebody')
        .replaceAll(/code_challenge=[\w-]+/g, '')
        .replaceAll(/name="key" value="[^"]*"/g, '')
    views.push(seen.map(plain))
  }
  expect(views[1]).toEqual(views[0]!)
  expect(views[2]).toEqual(views[0]!)
})

test('a person who is blocked between letter and code looks like one with a wrong code', async () => {
  const { browser, page } = await begin()
  const { email, userId } = person()
  const { code, page: codePage } = await ask(browser, page, email)
  await world.testAccess.block(userId)
  const refused = await browser.submit(codePage, 'code', { code })
  expect([refused.status, faultIn(refused)]).toEqual([401, 'Код не подошёл. Осталось попыток: 4.'])
  expect(browser.cookies.has('__Host-kontora-auth')).toBe(false)
})

test('sending again waits, is told when, and a repeat of one form asks once', async () => {
  const { browser, page } = await begin()
  const { email } = person()
  const { page: codePage } = await ask(browser, page, email)
  expect(codePage.text).toContain('Новый код можно запросить через 30 секунд.')
  const early = await browser.submit(codePage, 'again')
  expect([early.status, early.headers.get('retry-after')]).toEqual([429, '30'])
  expect(faultIn(early)).toBe('Код недавно уже запрашивали. Следующий можно будет запросить через 30 секунд.')
  world.pass(30_000)
  for (let times = 0; times < 3; times++) expect((await browser.submit(codePage, 'again')).status).toBe(303)
  const asked =
    await world.sql`select id from flows where begun_at > ${new Date(world.resources.now().getTime() - 60_000)}`
  expect(asked).toHaveLength(2)
})

test('the address can be changed, and two tabs share one sign-in', async () => {
  const { browser, application, page } = await begin()
  const { page: codePage } = await ask(browser, page, 'slip@example.com')
  const changed = await browser.submit(codePage, 'change')
  const again = await browser.get(changed.headers.get('location') ?? '')
  const { email } = person()
  const { code } = await ask(browser, again, email)
  const second = await openApplication(world)
  const inTab = await browser.get(second.url({ state: 'second' }))
  expect(inTab.text).toContain(email)
  const firstTab = await browser.get(application.url())
  expect(answerIn(await browser.submit(firstTab, 'code', { code })).state).toBe('state-1')
  expect(answerIn(await browser.submit(inTab, 'code', { code })).state).toBe('second')
})

test('no other site can begin, finish or change a sign-in in somebody’s browser', async () => {
  const { browser, page } = await begin()
  const { code, page: codePage } = await ask(browser, page, person().email)
  const urls = [...codePage.text.matchAll(/action="([^"]*)"/g)].map(([, url]) =>
    url!.replaceAll('&amp;', '&'),
  )
  urls.push((urls[0] ?? '').replace('/code?', '/address?'))
  const fields = { code, key: 'k', email: 'evil@example.com' }
  for (const url of urls)
    for (const headers of [
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { origin: 'https://kontora.test', 'sec-fetch-site': 'cross-site' },
      { origin: 'https://kontora.test', 'sec-fetch-site': 'same-site' },
      {},
    ] as Record<string, string>[]) {
      const answer = await browser.post(url, fields, headers)
      expect([answer.status, answer.text.includes('<h1>Запрос пришёл не с нашей страницы</h1>')]).toEqual([
        403,
        true,
      ])
    }
  expect((await browser.submit(codePage, 'code', { code })).status).toBe(303)
})

test('a code is no good in a browser that did not ask for it', async () => {
  const { browser, page } = await begin()
  const { code, page: codePage } = await ask(browser, page, person().email)
  const thief = openBrowser(world)
  const lost = await thief.submit(codePage, 'code', { code })
  expect([lost.status, faultIn(lost)]).toEqual([
    400,
    'Этот вход начат слишком давно или в другом браузере. Укажите адрес ещё раз.',
  ])
  thief.cookies.set('__Host-kontora-sign-in', 'forged')
  expect((await thief.submit(codePage, 'code', { code })).status).toBe(400)
  expect((await browser.submit(codePage, 'code', { code })).status).toBe(303)
})

test('a form whose request was bent is refused', async () => {
  const { browser, page } = await begin()
  const bent = page.text.replaceAll(
    'redirect_uri=https%3A%2F%2Fspa.test',
    'redirect_uri=https%3A%2F%2Fevil.test',
  )
  expect((await browser.submit({ text: bent }, 'address', { email: person().email })).status).toBe(400)
})

test('registration that cannot be reached is told, and the code stays good', async () => {
  world.resources.registration = 'open'
  const { browser, page } = await begin()
  const { code, page: codePage } = await ask(browser, page, `new-${++count}@example.com`)
  world.down.client = true
  const away = await browser.submit(codePage, 'code', { code })
  expect(away.status).toBe(503)
  expect(faultIn(away)).toBe('Сервис сейчас не отвечает. Код ещё действует, попробуйте через 2 секунды.')
  world.down.client = false
  world.pass(2000)
  expect((await browser.submit(codePage, 'code', { code })).status).toBe(303)
  world.resources.registration = 'invited'
})

test('the cookies are this host’s alone, unseen by scripts, and hold nothing that can be read', async () => {
  const { browser, page } = await begin()
  const { email } = person()
  const { asked, code, page: codePage } = await ask(browser, page, email)
  const back = await browser.submit(codePage, 'code', { code })
  const lines = [...asked.headers.getSetCookie(), ...back.headers.getSetCookie()]
  expect(lines.map((line) => line.split('=')[0]).sort()).toEqual([
    '__Host-kontora-auth',
    '__Host-kontora-device',
    '__Host-kontora-sign-in',
    '__Host-kontora-sign-in',
  ])
  for (const line of lines.filter((one) => !/max-age=0/i.test(one))) {
    for (const part of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(line).toContain(part)
    expect(Buffer.from(line.split(/[=;]/)[1] ?? '', 'base64url').toString()).not.toContain(email)
  }
})

const sberPerson = async (more: object = {}) => {
  const one = { id: `sber-page-${++count}`, sub: `sub-page-${count}`, ...more }
  await world.sber.app.request('/_sim/people', { method: 'POST', body: JSON.stringify(one) })
  return one
}
const throughSber = async (browser: Browser, page: { text: string }, id: string | null) => {
  const link = /<a class="button second" href="([^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const started = await browser.get(link)
  const url = started.headers.get('location')
  const answer = await world.sber.app.request('/_sim/authorize', {
    method: 'POST',
    body: JSON.stringify({ url, person: id }),
  })
  const { redirect } = (await answer.json()) as { redirect: string }
  return browser.get(`/v1/sber-id/callback${new URL(redirect).search}`)
}

test('a strange Сбер ID confirms an address once and then signs in by the button alone', async () => {
  const { id } = await sberPerson()
  const { email, userId } = person()
  const { browser, page } = await begin()
  const landed = await throughSber(browser, page, id)
  expect(landed.status).toBe(303)
  const confirm = await browser.get(landed.headers.get('location') ?? '')
  expect(confirm.text).toContain('<h1>Подтвердите почту</h1>')
  expect(confirm.text).not.toContain('/v1/sber-id/start')
  const { code, page: codePage } = await ask(browser, confirm, email)
  expect(answerIn(await browser.submit(codePage, 'code', { code })).code).toBeString()

  const later = await begin()
  const back = await throughSber(later.browser, later.page, id)
  expect(back.headers.get('location')).toStartWith(callback)
  const { tokens } = await later.application.exchange(answerIn(back).code ?? '')
  expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: userId, amr: ['sber-id'] })
  expect((await later.browser.get(later.application.url())).status).toBe(303)
})

test('every provider that can be asked has a button, which brings along the application that waits', async () => {
  const { sberId, openids } = world.resources
  const named = { name: 'company', label: { ru: 'Компания', en: 'Company' } }
  const company = { ...sberId!, ...named, refresh: async () => {} }
  world.resources.openids = [company, { ...company, name: 'away', canAsk: false }]
  const { page, application } = await begin()
  world.resources.openids = openids
  const buttons = [
    ...page.text.matchAll(/<a class="button second" href="([^"]*)">(?:<svg.*?<\/svg>)?([^<]*)/gs),
  ]
  const query = application.url().split('?')[1]
  expect(buttons.map(([, href, label]) => [href?.replaceAll('&amp;', '&'), label])).toEqual([
    [`${issuer}/v1/sber-id/start?${query}`, 'Войти по Сбер ID'],
    [`${issuer}/v1/openid/company/start?${query}`, 'Войти по Компания'],
  ])
})

test('who refuses at Сбер ID is told in words, with both ways on to the application that waits', async () => {
  const { browser, page, application } = await begin()
  const refused = await throughSber(browser, page, null)
  expect(refused.status).toBe(401)
  expect(refused.text).toContain('<h1>Войти по Сбер ID не получилось</h1>')
  const links = [...refused.text.matchAll(/<a class="button[^"]*" href="([^"]*)"/g)].map(([, href]) =>
    (href ?? '').replaceAll('&amp;', '&'),
  )
  expect(links).toEqual([
    expect.stringContaining(`start?response_type=code&client_id=spa`),
    `${issuer}${application.url()}`,
  ])
})

test('in a browser the way back from Сбер ID ends on a page, never in tokens', async () => {
  const { id } = await sberPerson()
  const { email } = person()
  const { browser, page } = await begin()
  const landed = await throughSber(browser, page, id)
  const confirm = await browser.get(landed.headers.get('location') ?? '')
  await signInByCode(browser, confirm, email)
  const alone = openBrowser(world)
  const started = `<a class="button second" href="${issuer}/v1/sber-id/start">`
  const done = await throughSber(alone, { text: started }, id)
  expect(done.status).toBe(200)
  expect(done.text).toContain('<h1>Вы вошли</h1>')
  expect(done.text).not.toContain('accessToken')
  const stranger = await throughSber(alone, { text: started }, (await sberPerson()).id)
  expect(stranger.text).toContain('<h1>Сбер ID подтвердил, кто вы</h1>')
})

const signInByCode = async (browser: Browser, page: { text: string }, email: string) => {
  const { code, page: codePage } = await ask(browser, page, email)
  return browser.submit(codePage, 'code', { code })
}

test('a Сбер ID that belongs to somebody else is told on the page of the code', async () => {
  const one = await sberPerson()
  const first = await begin()
  const toFirst = await throughSber(first.browser, first.page, one.id)
  const second = await begin()
  const toSecond = await throughSber(second.browser, second.page, one.id)
  const confirmFirst = await first.browser.get(toFirst.headers.get('location') ?? '')
  expect((await signInByCode(first.browser, confirmFirst, person().email)).status).toBe(303)
  const confirmSecond = await second.browser.get(toSecond.headers.get('location') ?? '')
  const refused = await signInByCode(second.browser, confirmSecond, person().email)
  expect(refused.status).toBe(409)
  expect(faultIn(refused)).toStartWith('Этот Сбер ID уже связан с другой учётной записью.')
})

test('no code, secret or address stands in a line of the log', async () => {
  const { browser, application } = await begin()
  const { email } = person()
  const { code, back } = await signInByPage(world, browser, application.url(), email)
  const said = world.lines.join('\n')
  for (const secret of [email, answerIn(back).code ?? '-', application.verifier])
    expect(said).not.toContain(secret)
  expect(said).not.toMatch(new RegExp(`\\b${code}\\b`))
})
