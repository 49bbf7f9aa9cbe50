import type { Page } from 'playwright-core'
import type { Payers } from './payers.ts'
import { press } from './steps.ts'

/** The payer's page in one of its states, and how the line of its state begins in Russian and in English. */
export type PayerState = {
  name: string
  says: [string, string]
  isFault?: boolean
  reach: (page: Page, payers: Payers) => Promise<unknown>
}

const toPay: [string, string] = ['Ждёт оплаты', 'To be paid']
const underWay: [string, string] = ['Идёт оплата', 'The payment is under way']
export const byCard = '#by-card'
export const bySbp = '#by-sbp'

/** The state's line, once it begins so. */
export const untilSays = (page: Page, text: string) =>
  page.locator('#state', { hasText: text }).waitFor({ timeout: 20_000 })
const languageOf = (page: Page) => page.evaluate('document.documentElement.lang') as Promise<'ru' | 'en'>
const until = async (page: Page, [russian, english]: [string, string]) =>
  untilSays(page, (await languageOf(page)) === 'ru' ? russian : english)

export const open = async (page: Page, payers: Payers, more: object = {}) => {
  const bill = await payers.bill(more)
  await page.goto(bill.link)
  return bill
}

/** With an order at the bank, before the page of ours and not of the bank. */
const openOrder = async (page: Page, payers: Payers) => {
  const bill = await open(page, payers)
  await press(page, bySbp)
  await until(page, underWay)
  await page.waitForSelector('[data-qr]')
  return bill
}

const writePart = async (page: Page, part: string) => {
  await page.click('summary')
  await page.fill('#part', part)
  await press(page, byCard)
}

export const payerStates: PayerState[] = [
  { name: 'to pay', says: toPay, reach: open },
  { name: 'a QR on the screen', says: underWay, reach: openOrder },
  {
    name: 'begun by card',
    says: underWay,
    reach: async (page, payers) => {
      const bill = await open(page, payers)
      await Promise.all([page.waitForURL(/payment\/page/), page.click(byCard)])
      await page.goto(bill.link)
    },
  },
  {
    name: 'a bank that takes its time',
    says: ['Открываем заказ', 'We are opening the order'],
    reach: async (page, payers) => {
      await payers.breakBank('delay', 'register.do', { delayMs: 8000 })
      const bill = await open(page, payers)
      const form = { way: 'sbp', left: String(bill.amountKopecks) }
      await page.request.post(`${bill.link}/attempts`, {
        ...{ form, maxRedirects: 0, headers: { origin: new URL(bill.link).origin } },
      })
      await page.goto(bill.link)
    },
  },
  {
    name: 'a bank that does not answer',
    says: ['Банк не отвечает', 'The bank does not answer'],
    reach: async (page, payers) => {
      await payers.breakBank('error', 'register.do', { times: 20 })
      await open(page, payers)
      await press(page, bySbp)
      await until(page, ['Банк не отвечает', 'The bank does not answer'])
      await payers.mendBank()
    },
  },
  {
    name: 'declined',
    says: toPay,
    isFault: true,
    reach: async (page, payers) => {
      const bill = await openOrder(page, payers)
      await payers.payAtBank(bill, { way: 'sbp', outcome: 'declined' })
      await until(page, toPay)
    },
  },
  {
    name: 'partly paid',
    says: ['Оплачен частично', 'Partly paid'],
    reach: async (page, payers) => {
      const bill = await open(page, payers)
      await page.click('summary')
      await page.fill('#part', '5 000')
      await press(page, bySbp)
      await page.waitForSelector('[data-qr]')
      await payers.payAtBank(bill, { way: 'sbp' })
      await until(page, ['Оплачен частично', 'Partly paid'])
    },
  },
  {
    name: 'a part that is no sum',
    says: toPay,
    isFault: true,
    reach: async (page, payers) => {
      await open(page, payers)
      await writePart(page, 'половину')
    },
  },
  {
    name: 'looked at',
    says: ['Мы проверяем', 'We are looking'],
    reach: async (page, payers) => {
      await payers.putAttempt(await openOrder(page, payers), 'quarantined')
      await until(page, ['Мы проверяем', 'We are looking'])
    },
  },
  {
    name: 'paid',
    says: ['Счёт оплачен', 'The invoice is paid'],
    reach: async (page, payers) => {
      const bill = await openOrder(page, payers)
      await payers.payAtBank(bill, { way: 'sbp' })
      await until(page, ['Счёт оплачен', 'The invoice is paid'])
    },
  },
  {
    name: 'cancelled',
    says: ['Счёт отменён', 'The invoice is cancelled'],
    reach: async (page, payers) => {
      await payers.cancel(await open(page, payers))
      await until(page, ['Счёт отменён', 'The invoice is cancelled'])
    },
  },
  {
    name: 'expired',
    says: ['Срок оплаты истёк', 'The time to pay is over'],
    reach: async (page, payers) => {
      await open(page, payers, { expiresAt: new Date(Date.now() + 2000).toISOString() })
      await until(page, ['Срок оплаты истёк', 'The time to pay is over'])
    },
  },
]
