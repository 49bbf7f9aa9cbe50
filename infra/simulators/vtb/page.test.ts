import { expect, test } from 'bun:test'
import { returnAddress } from './return-address.ts'
import { startBank } from './start-bank.ts'

const startPage = (options = {}) => {
  const bank = startBank(options)
  const { app } = bank.simulator
  const open = async (path: string) => (await app.request(path)).text()
  const press = async (path: string, fields: Record<string, string> = {}) => {
    const response = await app.request(path, { method: 'POST', body: new URLSearchParams(fields) })
    return { status: response.status, location: response.headers.get('location') }
  }
  return { ...bank, open, press }
}

test('the page tells what is paid without trusting it, pays by card and returns the browser', async () => {
  const { register, open, press, status } = startPage()
  const mdOrder = await register({ description: 'Счёт "42" & Ко' })
  const page = (await open(`/payment/page/${mdOrder}`)).replaceAll(/\s/g, ' ')
  for (const text of [
    '1 234,56 ₽',
    'INV-000042',
    'Счёт &quot;42&quot; &amp; Ко',
    'Оплатить картой',
    'Отклонить',
  ])
    expect(page).toContain(text)
  const pressed = await press(`/payment/page/${mdOrder}/pay`, { choice: 'pay' })
  expect(pressed).toEqual({
    status: 303,
    location: `https://shop.test/paid?tab=1&orderId=${mdOrder}&lang=ru#top`,
  })
  expect(await status(mdOrder)).toMatchObject({ orderStatus: 2 })
  expect(await open(`/payment/page/${mdOrder}`)).toContain('Заказ оплачен')
  expect(await press(`/payment/page/${mdOrder}/pay`, { choice: 'pay' })).toEqual({
    status: 303,
    location: `../${mdOrder}`,
  })
})

test('a declined payment returns to the address for failures', async () => {
  const { register, press, status } = startPage()
  const mdOrder = await register({ failUrl: 'https://shop.test/failed' })
  const { location } = await press(`/payment/page/${mdOrder}/pay`, { choice: 'decline' })
  expect(location).toBe(`https://shop.test/failed?orderId=${mdOrder}&lang=ru`)
  expect(await status(mdOrder)).toMatchObject({ orderStatus: 6 })
})

test('the page pays late, and loses the callback', async () => {
  const { register, press, status, wait, operations } = startPage()
  const [late, lost] = [await register({ orderNumber: '1' }), await register({ orderNumber: '2' })]
  await press(`/payment/page/${late}/pay`, { choice: 'late', seconds: '20' })
  await press(`/payment/page/${lost}/pay`, { choice: 'lose' })
  expect(await status(late)).toMatchObject({ orderStatus: 5 })
  expect(await status(lost)).toMatchObject({ orderStatus: 2 })
  await wait(20_000)
  expect(await status(late)).toMatchObject({ orderStatus: 2 })
  expect(operations()).toEqual(['deposited 1'])
})

test('from the page to the bank application, and from there back to the shop', async () => {
  const { register, open, press, status } = startPage()
  const mdOrder = await register()
  const { location } = await press(`/payment/page/${mdOrder}/sbp`)
  expect(location).toMatch(/^\.\.\/\.\.\/\.\.\/sbp\/AD/)
  const path = new URL(location!, `http://bank.test/payment/page/${mdOrder}/sbp`).pathname
  expect(await open(path)).toContain('Оплатить по СБП')
  const paid = await press(`${path}/pay`, { choice: 'pay' })
  expect(paid.location).toBe(`https://shop.test/paid?tab=1&orderId=${mdOrder}&lang=ru#top`)
  expect(await status(mdOrder)).toMatchObject({ orderStatus: 2, paymentWay: 'SBP_C2B' })
  expect(await open(path)).toContain('Оплата принята')
})

test('a QR of the gateway returns to its own address, and what is no address is left out', async () => {
  const { register, call, press } = startPage()
  const back = async (orderNumber: string, redirectUrl: string) => {
    const mdOrder = await register({ orderNumber })
    const { qrId } = await call('sbp/c2b/qr/dynamic/get.do', { mdOrder, redirectUrl })
    return { qrId, location: (await press(`/sbp/${qrId}/pay`, { choice: 'pay' })).location }
  }
  expect((await back('1', 'https://shop.test/done')).location).toBe('https://shop.test/done')
  const { qrId, location } = await back('2', 'done')
  expect(location).toBe(`../${qrId}`)
})

test('an unknown order has no page, and an ended one cannot be paid', async () => {
  const { simulator, register, open, wait } = startPage()
  for (const path of ['/payment/page/none', '/sbp/none'])
    expect((await simulator.app.request(path)).status).toBe(404)
  const mdOrder = await register()
  await wait(1_200_000)
  const page = await open(`/payment/page/${mdOrder}`)
  expect(page).toContain('срок его оплаты истёк')
  expect(page).not.toContain('<form')
})

test.each([
  ['https://shop.test', 'https://shop.test?orderId=1&lang=ru'],
  ['https://shop.test/a?', 'https://shop.test/a?orderId=1&lang=ru'],
  ['https://shop.test/a?b=c%20d', 'https://shop.test/a?b=c%20d&orderId=1&lang=ru'],
  ['https://shop.test/a#b?c', 'https://shop.test/a?orderId=1&lang=ru#b?c'],
])('%s becomes %s', async (address, expected) => {
  const order = { mdOrder: '1', language: 'ru' } as Parameters<typeof returnAddress>[1]
  expect(returnAddress(address, order)).toBe(expected)
})
