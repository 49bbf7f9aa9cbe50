import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { faultsOf } from './look.ts'
import { type Language, openStand, type Stand, type Visit } from './stand.ts'
import { states } from './states.ts'
import {
  change,
  invoices,
  joinSber,
  press,
  sendAddress,
  signOut,
  throughSber,
  toAddress,
  toCode,
} from './steps.ts'

let stand: Stand
beforeAll(async () => {
  stand = await openStand()
}, 240_000)
afterAll(() => stand?.stop(), 30_000)

const visiting = async (wish: Parameters<Stand['visit']>[0], work: (visit: Visit) => Promise<void>) => {
  const visit = await stand.visit(wish)
  try {
    await work(visit)
    expect(visit.faults).toEqual([])
  } finally {
    await visit.close()
  }
}
const heading = ({ page }: Visit) => page.locator('h1').textContent()
const scripts = '[...document.scripts].map(({ src }) => src)'
/** For whoever wants to look: a folder for a picture of each state. */
const shots = process.env.SHOTS

describe.each(['ru', 'en'] as Language[])('in %s', (language) => {
  test.each(states.map((state) => [state.name, state] as const))(
    '%s: axe finds nothing, it fits 320 px, and the keyboard’s place is seen',
    (_, { name, titles, isFault, reach }) =>
      visiting({ language }, async (visit) => {
        await reach(visit, stand)
        expect(await heading(visit)).toBe(titles[language === 'ru' ? 0 : 1])
        expect(await visit.page.locator('[role=alert]').count()).toBe(isFault ? 1 : 0)
        if (shots) await visit.page.screenshot({ path: `${shots}/${language} ${name}.png`, fullPage: true })
        expect(await faultsOf(visit.page)).toEqual([])
        const found = (await visit.page.evaluate(scripts)) as string[]
        expect(found.filter((source) => source !== `${stand.url}/auth/v1/passkey.js`)).toEqual([])
      }),
    60_000,
  )
})

test(
  'with scripts off a person signs in, sees his page, and signs out of everything',
  () =>
    visiting({ scripts: false }, async (visit) => {
      const { page, context } = visit
      const email = stand.newEmail()
      await toAddress(page, stand)
      await sendAddress(page, 'slip@example.org')
      await press(page, change)
      await sendAddress(page, email)
      await page.fill('#code', ` ${(await stand.codeTo(email)).replace(/^.../, '$& ')}`)
      await press(page, 'form[action*="/v1/sign-in/code"] button')
      await page.waitForURL(`${stand.url}${invoices}`)
      expect(await heading(visit)).toBe('Мои счета')
      const names = (await context.cookies()).map(({ name }) => name)
      for (const name of ['kontora-auth', 'kontora-payment', 'kontora-device']) expect(names).toContain(name)
      expect(
        (await context.cookies()).every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Lax'),
      ).toBe(true)
      await press(page, signOut)
      await page.waitForURL(/\/auth\/v1\/authorize/)
      await page.goto(`${stand.url}${invoices}`)
      expect(await heading(visit)).toBe('Вход')
    }),
  60_000,
)

test(
  'by the keyboard alone a person signs in, changes the language and signs out',
  () =>
    visiting({ scripts: false }, async (visit) => {
      const { page } = visit
      const { keyboard } = page
      const email = stand.newEmail()
      await toAddress(page, stand)
      await keyboard.press('Shift+Tab')
      await keyboard.press('Enter')
      await page.waitForSelector('html[lang=en]')
      await page.waitForSelector('#email:focus')
      await keyboard.type(email)
      await keyboard.press('Enter')
      await page.waitForSelector('#code:focus')
      await keyboard.type(await stand.codeTo(email))
      await keyboard.press('Enter')
      await page.waitForURL(`${stand.url}${invoices}`)
      await keyboard.press('Tab')
      await keyboard.press('Tab')
      await keyboard.press('Enter')
      await page.waitForURL(/\/auth\/v1\/authorize/)
    }),
  60_000,
)

test('with scripts off Сбер ID joins somebody once and then signs him in by the button alone', async () => {
  const person = await stand.sberPerson()
  await visiting({ scripts: false }, async ({ page }) => {
    await joinSber(page, stand, person)
    await page.waitForURL(`${stand.url}${invoices}`)
  })
  await visiting({ scripts: false }, async (visit) => {
    await toAddress(visit.page, stand)
    await throughSber(visit.page, person)
    await visit.page.waitForURL(`${stand.url}${invoices}`)
    expect(await heading(visit)).toBe('Мои счета')
  })
}, 60_000)

test(
  'going back to an address that has done its work signs nobody out',
  () =>
    visiting({}, async (visit) => {
      const { page } = visit
      const callbacks: string[] = []
      page.on('request', (request) => {
        if (request.url().includes('/sign-in/callback')) callbacks.push(request.url())
      })
      const email = await toCode(page, stand)
      await page.fill('#code', await stand.codeTo(email))
      await press(page, 'form[action*="/v1/sign-in/code"] button')
      await page.waitForURL(`${stand.url}${invoices}`)
      expect(callbacks).toHaveLength(1)
      await page.goto(callbacks[0] ?? '')
      expect(await heading(visit)).toBe('Мои счета')
      await page.goto(`${stand.url}${invoices}`)
      expect(await heading(visit)).toBe('Мои счета')
    }),
  60_000,
)

test(
  'a form of another site does nothing, also in a browser that is signed in',
  () =>
    visiting({}, async (visit) => {
      const { page } = visit
      const email = await toCode(page, stand)
      await page.fill('#code', await stand.codeTo(email))
      await press(page, 'form[action*="/v1/sign-in/code"] button')
      await page.waitForURL(`${stand.url}${invoices}`)
      await using elsewhere = Bun.serve({
        port: 0,
        hostname: 'localhost',
        fetch: () =>
          new Response(
            `<form method="post" action="${stand.url}/auth/v1/sign-out"><button>x</button></form><form method="post" action="${stand.url}/payment/sign-out"><button>y</button></form>`,
            { headers: { 'content-type': 'text/html' } },
          ),
      })
      for (const at of [0, 1]) {
        await page.goto(`http://localhost:${elsewhere.port}/`)
        await press(page, `form:nth-of-type(${at + 1}) button`)
        expect(await heading(visit)).toBe('Запрос пришёл не с нашей страницы')
      }
      await page.goto(`${stand.url}${invoices}`)
      expect(await heading(visit)).toBe('Мои счета')
    }),
  60_000,
)
