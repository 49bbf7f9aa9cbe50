import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { faultsOf } from './look.ts'
import { byCard, bySbp, open, payerStates, untilSays } from './payer-states.ts'
import { openPayers, type Payers } from './payers.ts'
import { type Language, openStand, type Stand, type Visit } from './stand.ts'
import { press, signInByPage } from './steps.ts'

let stand: Stand
let payers: Payers
beforeAll(async () => {
  stand = await openStand()
  payers = await openPayers(stand)
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
/** For whoever wants to look: a folder for two pictures of each state. */
const shots = process.env.SHOTS
const picture = async ({ page }: Visit, name: string) => {
  if (!shots) return
  for (const [width, colorScheme] of [
    [320, 'light'],
    [1100, 'dark'],
  ] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    await page.screenshot({ path: `${shots}/payer ${name} ${width}.png`, fullPage: true })
  }
}
const stateOf = ({ page }: Visit) => page.locator('#state').textContent()
const payButton = 'button[name=choice][value=pay]'

describe.each(['ru', 'en'] as Language[])('in %s', (language) => {
  test.each(payerStates.map((state) => [state.name, state] as const))(
    '%s: axe finds nothing, it fits 320 px, and the keyboard’s place is seen',
    (_, { name, says, isFault, reach }) =>
      visiting({ language }, async (visit) => {
        await reach(visit.page, payers)
        expect(await stateOf(visit)).toStartWith(says[language === 'ru' ? 0 : 1])
        expect(await visit.page.locator('[role=alert]').count()).toBe(isFault ? 1 : 0)
        await picture(visit, `${language} ${name}`)
        expect(await faultsOf(visit.page)).toEqual([])
      }),
    90_000,
  )
})

test(
  'from the link to the bank’s page by a click, paid there, back, and “paid” is shown',
  () =>
    visiting({}, async (visit) => {
      const { page } = visit
      const { link, number } = await open(page, payers)
      await Promise.all([page.waitForURL(/\/payment\/page\//), page.click(byCard)])
      expect(await page.locator('.amount').textContent()).toContain('16')
      await page.click(payButton)
      await page.waitForURL((url) => url.href.startsWith(link))
      await untilSays(page, 'Счёт оплачен')
      expect(await page.locator('h1').textContent()).toContain(number)
    }),
  90_000,
)

test(
  'by the QR on the screen, paid on a telephone, the page turns to “paid” by itself, without a click or a load',
  () =>
    visiting({ language: 'en' }, async ({ page }) => {
      const bill = await open(page, payers)
      await press(page, bySbp)
      await page.waitForSelector('[data-qr]')
      let loads = 0
      page.on('load', () => loads++)
      await payers.payAtBank(bill, { way: 'sbp', callback: 'lose' })
      await untilSays(page, 'The invoice is paid')
      expect([loads, await page.locator('form').count()]).toEqual([0, 0])
    }),
  90_000,
)

test(
  'with scripts off a card pays all the same, and a page that waits comes anew by itself',
  () =>
    visiting({ scripts: false }, async ({ page }) => {
      const { link } = await open(page, payers)
      await Promise.all([page.waitForURL(/\/payment\/page\//), page.click(byCard)])
      await page.click(payButton)
      await page.waitForURL((url) => url.href.startsWith(link))
      await page.waitForSelector('#state.paid')
      const bill = await open(page, payers)
      await press(page, bySbp)
      await page.waitForSelector('[data-qr]')
      await payers.payAtBank(bill, { way: 'sbp' })
      await page.waitForSelector('#state.paid', { timeout: 20_000 })
    }),
  90_000,
)

test(
  'by the keyboard alone a part is paid by card',
  () =>
    visiting({}, async ({ page }) => {
      const { link } = await open(page, payers)
      const tabTo = async (selector: string) => {
        for (let times = 0; times < 20 && (await page.locator(`${selector}:focus`).count()) === 0; times++)
          await page.keyboard.press('Tab')
        expect(await page.locator(`${selector}:focus`).count()).toBe(1)
      }
      await tabTo('summary')
      await page.keyboard.press('Enter')
      await tabTo('#part')
      await page.keyboard.type('1 000,50')
      await Promise.all([page.waitForURL(/\/payment\/page\//), page.keyboard.press('Enter')])
      await tabTo(payButton)
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.href.startsWith(link))
      await untilSays(page, 'Оплачен частично')
    }),
  90_000,
)

test(
  'the telephone’s button opens a bank’s application and is not shown where there is a mouse',
  () =>
    visiting({ telephone: true }, async ({ page }) => {
      await open(page, payers)
      await press(page, bySbp)
      await page.waitForSelector('[data-qr]')
      expect(await page.locator('#in-app').isVisible()).toBe(true)
      expect(await page.locator('#in-app').getAttribute('href')).toStartWith('https://qr.nspk.ru/')
    }),
  90_000,
)

test(
  'who is signed in pays from the list of the own invoices without a link',
  () =>
    visiting({}, async (visit) => {
      const { page } = visit
      await signInByPage(page, stand, (await stand.payer()).email)
      await picture(visit, 'ru list')
      await press(page, 'a[aria-label^="Оплатить"]')
      await Promise.all([page.waitForURL(/\/payment\/page\//), page.click(byCard)])
      await page.click(payButton)
      await page.waitForURL(/\/payment\/invoices\//)
      await untilSays(page, 'Счёт оплачен')
      expect(await page.locator('a[href*="/payment/invoices?"]').count()).toBeGreaterThan(0)
    }),
  90_000,
)

test(
  'a link that was replaced says no more than that there is no page',
  () =>
    visiting({}, async (visit) => {
      const { page } = visit
      const { invoiceId, link } = await open(page, payers)
      await stand.world.post(`/payment/v1/invoices/${invoiceId}/link/rotate`, { token: payers.clerk.token })
      await page.goto(link)
      expect(await page.locator('h1').textContent()).toBe('Такой страницы нет')
      expect(await faultsOf(page)).toEqual([])
    }),
  90_000,
)
