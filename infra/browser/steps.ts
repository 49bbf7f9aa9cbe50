import type { Page } from 'playwright-core'
import type { Stand } from './stand.ts'

export const invoices = '/payment/invoices'
const submit = 'main form button[type=submit]'

export const toAddress = (page: Page, { url }: Stand) => page.goto(`${url}${invoices}`)

const send = async (page: Page, field: string, text: string): Promise<void> => {
  await page.fill(field, text)
  await Promise.all([page.waitForEvent('framenavigated'), page.click(submit)])
  await page.waitForLoadState()
}
export const sendAddress = (page: Page, email: string) => send(page, '#email', email)
export const sendCode = (page: Page, code: string) => send(page, '#code', code)

export const press = async (page: Page, selector: string): Promise<void> => {
  await Promise.all([page.waitForEvent('framenavigated'), page.click(selector)])
  await page.waitForLoadState()
}

export const toCode = async (page: Page, stand: Stand, email = stand.newEmail()): Promise<string> => {
  await toAddress(page, stand)
  await sendAddress(page, email)
  return email
}

/** Signed in, on the page that was wanted. */
export const signInByPage = async (page: Page, stand: Stand, email = stand.newEmail()): Promise<string> => {
  const next = await stand.nextCodeTo(email)
  await toCode(page, stand, email)
  await sendCode(page, await next())
  return email
}

export const again = 'form[action*="/v1/sign-in/again"] button'
export const change = 'form[action*="/v1/sign-in/change"] button'
export const signOut = 'form[action$="/sign-out"] button'

/** To Сбер ID by the button of the page, and the choice there. */
export const throughSber = async (page: Page, person: string | null): Promise<void> => {
  await press(page, 'a.button.second')
  await press(page, person === null ? 'button.refuse' : `button[value="${person}"]`)
}

/** A Сбер ID that is joined to somebody by his own code. */
export const joinSber = async (page: Page, stand: Stand, person: string): Promise<void> => {
  await toAddress(page, stand)
  await throughSber(page, person)
  const email = stand.newEmail()
  await sendAddress(page, email)
  await sendCode(page, await stand.codeTo(email))
}

export const account = '/auth/v1/account'

export const toAccount = async (page: Page, stand: Stand): Promise<string> => {
  const email = await signInByPage(page, stand)
  await page.goto(`${stand.url}${account}`)
  return email
}

/** From the page of one's own security to the one that asks for the second proof. */
export const toStepUp = async (page: Page, stand: Stand): Promise<string> => {
  const email = await toAccount(page, stand)
  await press(page, '.notice a.button')
  return email
}

/** Proven, on the page of one's own security again. */
export const proveByPage = async (page: Page, stand: Stand): Promise<string> => {
  const email = await toStepUp(page, stand)
  const next = await stand.nextCodeTo(email)
  await press(page, 'form[action*="/step-up/ask"] button')
  await sendCode(page, await next())
  return email
}

/** An authenticator in this browser that shows whatever finger is asked for. */
export const plugIn = async (page: Page): Promise<void> => {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable', { enableUI: false })
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
}

export const addPasskey = async (page: Page, name: string): Promise<void> => {
  await page.fill('#passkey-name', name)
  await press(page, 'form[data-passkey=create] button')
}

/** An application that wants a proof of this very second. */
export const askAnew = async (page: Page, { url }: Stand): Promise<void> => {
  await Bun.sleep(1100)
  const wanted = new URLSearchParams({
    ...{ response_type: 'code', client_id: 'account', redirect_uri: `${url}${account}` },
    ...{ code_challenge: 'A'.repeat(43), code_challenge_method: 'S256', max_age: '0' },
  })
  await page.goto(`${url}/auth/v1/authorize?${wanted}`)
}
