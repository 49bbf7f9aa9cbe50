import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openStand, type Stand } from './stand.ts'
import {
  account,
  addPasskey,
  askAnew,
  invoices,
  plugIn,
  press,
  proveByPage,
  sendCode,
  toAddress,
  toStepUp,
} from './steps.ts'

let stand: Stand
beforeAll(async () => {
  stand = await openStand()
}, 240_000)
afterAll(() => stand?.stop(), 30_000)

const bySignIn = 'form[action*="/sign-in/by-passkey"] button'
const byStepUp = 'form[action*="/step-up/passkey"] button'
const remove = 'form[action*="/passkeys/remove"] button'

test('the whole life of a passkey: added, signed in with, stepped up with, removed', async () => {
  const { page, context, faults, close } = await stand.visit()
  const heading = () => page.locator('h1').textContent()
  await plugIn(page)
  await proveByPage(page, stand)
  await addPasskey(page, 'Рабочий ноутбук')
  expect(await page.locator('.rows strong').allTextContents()).toContain('Рабочий ноутбук')

  await page.fill('#passkey-name', 'Он же')
  await page.click('form[data-passkey=create] button')
  expect(await page.locator('[role=alert]').textContent()).toContain('уже есть')

  await context.clearCookies()
  await toAddress(page, stand)
  // A browser that offers it by itself may be quicker than the finger.
  await page.click(bySignIn, { timeout: 5000 }).catch(() => undefined)
  await page.waitForURL(`${stand.url}${invoices}`)

  await askAnew(page, stand)
  expect(await heading()).toBe('Подтвердите, что это вы')
  expect(await page.locator('[data-without-passkey]').isVisible()).toBe(false)
  await press(page, byStepUp)
  await page.waitForURL(`${stand.url}${account}`)

  await press(page, remove)
  expect(await page.locator(remove).count()).toBe(0)
  await context.clearCookies()
  await toAddress(page, stand)
  await page.waitForSelector('[role=alert]', { timeout: 2000 }).catch(() => page.click(bySignIn))
  await page.waitForSelector('[role=alert]')
  expect(await page.locator('[role=alert]').textContent()).toContain('ключ доступа не подошёл')
  expect(faults).toEqual([])
  await close()
}, 90_000)

test('with scripts off the second proof is given by a code or by a recovery code, and the page says what a passkey needs', async () => {
  const { page, faults, close } = await stand.visit({ scripts: false })
  const email = await toStepUp(page, stand)
  const next = await stand.nextCodeTo(email)
  await press(page, 'form[action*="/step-up/ask"] button')
  await sendCode(page, await next())
  await page.waitForURL(`${stand.url}${account}`)
  expect(await page.locator('[data-without-passkey]').isVisible()).toBe(true)
  expect(await page.locator('form[data-passkey]').isVisible()).toBe(false)
  await press(page, 'form[action*="/recovery-codes"] button')
  const [code = ''] = await page.locator('.codes li').allTextContents()
  await press(page, 'a.button')
  await askAnew(page, stand)
  await page.fill('#recovery', code)
  await press(page, 'form[action*="/step-up/recovery-code"] button')
  await page.waitForURL(`${stand.url}${account}`)
  expect(await page.locator('section').allTextContents()).toContainEqual(expect.stringContaining('кодов: 9'))
  expect(faults).toEqual([])
  await close()
}, 90_000)
