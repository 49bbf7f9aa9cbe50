import { ofAccount } from './account-states.ts'
import type { Stand, Visit } from './stand.ts'
import {
  again,
  invoices,
  joinSber,
  press,
  sendAddress,
  sendCode,
  signInByPage,
  signOut,
  throughSber,
  toAddress,
  toCode,
} from './steps.ts'

/** A page in one of its states: how to come there, and the heading that it has there in Russian and in English. */
export type State = {
  name: string
  titles: [string, string]
  /** It also says what did not work. */
  isFault?: boolean
  reach: (visit: Visit, stand: Stand) => Promise<unknown>
}

const address: [string, string] = ['Вход', 'Sign in']
const code: [string, string] = ['Введите код из письма', 'Enter the code from the letter']
const wrong = (right: string): string => String((Number(right) + 1) % 1_000_000).padStart(6, '0')

const ofSignIn: State[] = [
  { name: 'address', titles: address, reach: ({ page }, stand) => toAddress(page, stand) },
  {
    name: 'an address that is none',
    titles: address,
    isFault: true,
    reach: async ({ page }, stand) => {
      await toAddress(page, stand)
      await sendAddress(page, 'anna@')
    },
  },
  {
    name: 'an address that cools down',
    titles: address,
    isFault: true,
    reach: async ({ page, context }, stand) => {
      const email = await toCode(page, stand)
      await context.clearCookies()
      await toAddress(page, stand)
      await sendAddress(page, email)
    },
  },
  { name: 'code', titles: code, reach: ({ page }, stand) => toCode(page, stand) },
  {
    name: 'what is no code',
    titles: code,
    isFault: true,
    reach: async ({ page }, stand) => {
      await toCode(page, stand)
      await sendCode(page, '12')
    },
  },
  {
    name: 'a wrong code',
    titles: code,
    isFault: true,
    reach: async ({ page }, stand) => {
      const email = await toCode(page, stand)
      await sendCode(page, wrong(await stand.codeTo(email)))
    },
  },
  {
    name: 'a guess too soon',
    titles: code,
    isFault: true,
    reach: async ({ page }, stand) => {
      const email = await toCode(page, stand)
      const guess = wrong(await stand.codeTo(email))
      for (let times = 0; times < 3; times++) await sendCode(page, guess)
    },
  },
  {
    name: 'a code without tries left',
    titles: code,
    isFault: true,
    reach: async ({ page }, stand) => {
      const email = await toCode(page, stand)
      const guess = wrong(await stand.codeTo(email))
      while ((await page.locator('#code').count()) > 0) {
        await sendCode(page, guess)
        await Bun.sleep(500)
      }
    },
  },
  {
    name: 'sending again too soon',
    titles: code,
    isFault: true,
    reach: async ({ page }, stand) => {
      await toCode(page, stand)
      await press(page, again)
    },
  },
  {
    name: 'a sign-in that this browser did not begin',
    titles: address,
    isFault: true,
    reach: async ({ page, context }, stand) => {
      await toCode(page, stand)
      await context.clearCookies()
      await sendCode(page, '123456')
    },
  },
  {
    name: 'an unknown application',
    titles: ['Эта ссылка не работает', 'This link does not work'],
    reach: ({ page }, { url }) => page.goto(`${url}/auth/v1/authorize?client_id=nobody`),
  },
]

const ofSber: State[] = [
  {
    name: 'an address to confirm for Сбер ID',
    titles: ['Подтвердите почту', 'Confirm your e-mail address'],
    reach: async ({ page }, stand) => {
      await toAddress(page, stand)
      await throughSber(page, await stand.sberPerson())
    },
  },
  {
    name: 'refused at Сбер ID',
    titles: ['Войти по Сбер ID не получилось', 'Sign-in by Sber ID did not work'],
    reach: async ({ page }, stand) => {
      await toAddress(page, stand)
      await throughSber(page, null)
    },
  },
  {
    name: 'Сбер ID is away',
    titles: ['Сбер ID сейчас не отвечает', 'Sber ID does not answer just now'],
    reach: async ({ page }, stand) => {
      await toAddress(page, stand)
      await stand.breakSber()
      await throughSber(page, await stand.sberPerson())
    },
  },
  {
    name: 'signed in by Сбер ID with no application waiting',
    titles: ['Вы вошли', 'You are signed in'],
    reach: async ({ page, context }, stand) => {
      const person = await stand.sberPerson()
      await joinSber(page, stand, person)
      await context.clearCookies()
      await page.goto(`${stand.url}/auth/v1/sber-id/start`)
      await press(page, `button[value="${person}"]`)
    },
  },
  {
    name: 'a strange Сбер ID with no application waiting',
    titles: ['Сбер ID подтвердил, кто вы', 'Sber ID has confirmed who you are'],
    reach: async ({ page }, stand) => {
      const person = await stand.sberPerson()
      await page.goto(`${stand.url}/auth/v1/sber-id/start`)
      await press(page, `button[value="${person}"]`)
    },
  },
  {
    name: 'a Сбер ID that was linked',
    titles: ['Сбер ID связан', 'Your Sber ID is linked'],
    reach: async ({ page, context }, stand) => {
      const { token } = await stand.member()
      const answer = await stand.world.call('POST', '/auth/v1/identities/sber-id', { token })
      const [, name = '', value = ''] = /^([^=]+)=([^;]+)/.exec(answer.headers.getSetCookie()[0] ?? '') ?? []
      await context.addCookies([{ name, value, url: stand.url }])
      const person = await stand.sberPerson()
      await page.goto(answer.headers.get('location') ?? '')
      await press(page, `button[value="${person}"]`)
    },
  },
]

const ofApplications: State[] = [
  {
    name: 'no invoices',
    titles: ['Мои счета', 'My invoices'],
    reach: ({ page }, stand) => signInByPage(page, stand),
  },
  {
    name: 'invoices',
    titles: ['Мои счета', 'My invoices'],
    reach: async ({ page }, stand) => signInByPage(page, stand, (await stand.payer()).email),
  },
  {
    name: 'a sign-in of another browser',
    titles: ['Вход не завершён', 'You are not signed in'],
    reach: ({ page }, { url }) => page.goto(`${url}/payment/sign-in/callback?state=x&iss=x&code=x`),
  },
  {
    name: 'to sign out or not',
    titles: ['Выйти?', 'Sign out?'],
    reach: async ({ page }, stand) => {
      await signInByPage(page, stand)
      await page.goto(`${stand.url}/auth/v1/sign-out`)
    },
  },
  {
    name: 'signed out',
    titles: ['Вы вышли', 'You are signed out'],
    reach: async ({ page }, stand) => {
      await signInByPage(page, stand)
      await page.goto(`${stand.url}/auth/v1/sign-out`)
      await press(page, 'main button')
    },
  },
  {
    name: 'signed out of an application',
    titles: address,
    reach: async ({ page }, stand) => {
      await signInByPage(page, stand)
      await press(page, signOut)
      await page.waitForURL(/authorize/)
    },
  },
  {
    name: 'a page of an application that is not there',
    titles: ['Эта ссылка не работает', 'This link does not work'],
    reach: ({ page }, { url }) => page.goto(`${url}${invoices.replace('invoices', 'sign-in/callback')}`),
  },
]

export const states: State[] = [...ofSignIn, ...ofSber, ...ofApplications, ...ofAccount]
