import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { payersOf } from './testing-payer.node.ts'

let payment: TestPayment
let payers: ReturnType<typeof payersOf>
beforeAll(async () => {
  payment = await openTestPayment({ fiscal: {} })
  payers = payersOf(payment)
})
afterAll(() => payment.close())

const stateIn = (text: string) => /<p role="status"[^>]*>([^<]*)/.exec(text)?.[1]
const faultIn = (text: string) => /id="fault"><h2>[^<]*<\/h2><p>([^<]*)/.exec(text)?.[1]
const begun = ({ to }: { to: string | null }) => new URL(to ?? 'http://nowhere').searchParams
const settle = async () => {
  await payment.advance(3000)
  await payment.run('ask-bank')
}

test('whoever holds the link sees the invoice, its seller, lines, VAT and what is left, and ways to pay', async () => {
  const { look } = await payers.arrive()
  const { status, text, headers } = await look()
  expect([status, stateIn(text)]).toEqual([200, 'Ждёт оплаты'])
  for (const part of ['Счёт 2026-', 'ИНН 77', 'Сопровождение', 'В т. ч. НДС 22', '12', 'Оплатить картой'])
    expect(text).toContain(part)
  expect(text).toContain('name="robots" content="noindex"')
  expect(headers.get('referrer-policy')).toBe('same-origin')
  expect(headers.get('cache-control')).toBe('no-store')
  const policy = headers.get('content-security-policy') ?? ''
  for (const part of [
    "default-src 'none'",
    'script-src http://payment.test/pay/live.js;',
    "form-action 'self'",
  ])
    expect(policy).toContain(part)
})

test('in English too, and the choice stays with the form', async () => {
  const { look, browser, link } = await payers.arrive()
  const { text } = await look('?ui_locales=en')
  expect([stateIn(text), text.includes('Pay by card')]).toEqual(['To be paid', true])
  const { to } = await browser.post(`${link}/attempts?ui_locales=en`, { way: 'card', left: '1' })
  expect(begun({ to }).get('ui_locales')).toBe('en')
})

test('a link that is unknown, replaced, revoked or none at all is told by one and the same 404', async () => {
  const { invoiceId, link, browser, look } = await payers.arrive()
  const token = await payers.story.operator()
  await payment.ask('POST', `/v1/invoices/${invoiceId}/link/rotate`, { token })
  const gone = [await look(), await browser.get(`http://payment.test/pay/${'A'.repeat(32)}`)]
  for (const path of ['x', '%20', `${'A'.repeat(31)}!`, 'A'.repeat(300)])
    gone.push(await browser.get(`http://payment.test/pay/${path}`))
  expect(new Set(gone.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  expect(gone[0]?.status).toBe(404)
  for (const more of ['/status', '/pdf']) expect((await browser.get(`${link}${more}`)).status).toBe(404)
  expect((await browser.post(`${link}/attempts`, { way: 'card', left: '1220000' })).status).toBe(404)
})

test('by card: the form begins one order, the next page leads to the bank, the return shows “paid”', async () => {
  const { look, pay, browser, attempt } = await payers.arrive()
  const first = await pay('card')
  expect([first.status, begun(first).get('to')]).toEqual([303, 'bank'])
  expect(stateIn((await look()).text)).toStartWith('Открываем заказ в банке')
  await payment.run('start-attempts')
  const { mdOrder, payUrl } = await attempt()
  const onward = await browser.get(first.to ?? '')
  expect(onward.text).toContain(`<meta http-equiv="refresh" content="0; url=${payUrl}"`)
  expect(onward.headers.get('content-security-policy')).toContain("form-action 'none'")
  await payers.story.pay(mdOrder)
  await settle()
  const back = await browser.get(`http://payment.test/pay/back?orderId=${mdOrder}&lang=ru`)
  expect([back.status, begun(back).get('to')]).toEqual([303, 'back'])
  const { text } = await browser.get(back.to ?? '')
  expect([stateIn(text), text.includes('Оплатить')]).toEqual(['Счёт оплачен. Спасибо!', false])
})

test('by СБП: the picture reads as НСПК’s link, which a telephone opens; nothing else is offered as one', async () => {
  const { look, pay, attempt } = await payers.arrive()
  expect(begun(await pay('sbp')).get('to')).toBe('qr')
  await payment.run('start-attempts')
  const { text } = await look('?to=qr')
  const link = /data-qr="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  expect(link).toStartWith('https://qr.nspk.ru/')
  expect(text).toContain(`href="${link.replaceAll('&', '&amp;')}"`)
  expect(text).toContain('<svg xmlns')
  await payment.sql`update attempts set qr_payload = 'https://evil.example/AS1' where id = ${(await attempt()).id}`
  expect((await look()).text).not.toContain('evil.example')
  await payment.sql`update attempts set pay_url = 'javascript:alert(1)' where id = ${(await attempt()).id}`
  expect((await look('?to=bank')).text).not.toContain('javascript:')
})

test('twenty presses at once, and one press again, begin one order', async () => {
  const { invoiceId, pay } = await payers.arrive()
  await Promise.all(Array.from({ length: 20 }, () => pay('card')))
  await payment.run('start-attempts')
  await pay('sbp')
  expect(await payment.sql`select id from attempts where invoice_id = ${invoiceId}`).toHaveLength(1)
})

test('a part is paid, the rest is shown, and a form of the page before begins nothing', async () => {
  const { invoiceId, pay, look, attempt } = await payers.arrive()
  await pay('card', { part: '2 200,00' })
  await payment.run('start-attempts')
  await payers.story.pay((await attempt()).mdOrder)
  await settle()
  const { text } = await look()
  expect(stateIn(text)).toBe('Оплачен частично')
  expect(text).toContain('name="left" value="1000000"')
  expect(begun(await pay('card')).get('told')).toBe('changed')
  expect(faultIn((await look('?told=changed')).text)).toContain('счёт изменился')
  expect(await payment.sql`select id from attempts where invoice_id = ${invoiceId}`).toHaveLength(1)
})

test.each([
  ['сто', 'sum'],
  ['12 200,01', 'too-much'],
])('a part of %s is refused in words, beside its field', async (part, told) => {
  const { pay, browser } = await payers.arrive()
  const answer = await pay('card', { part })
  expect(begun(answer).get('told')).toBe(told)
  const { text } = await browser.get(answer.to ?? '')
  expect(faultIn(text)).toBeString()
  expect(text).toContain('aria-invalid="true"')
})

test('another sum beside a live one, and more than СБП takes, are refused in words', async () => {
  const one = await payers.arrive()
  await one.pay('card', { part: '100' })
  expect(begun(await one.pay('card', { part: '200' })).get('told')).toBe('other-sum')
  const large = await payers.arrive(100_000_001)
  expect(begun(await large.pay('sbp')).get('told')).toBe('limit')
  expect(faultIn((await large.look('?told=limit')).text)).toContain('1 000 000')
})

test('a declined payment says that nothing was charged, and can be begun anew', async () => {
  const { pay, look, attempt } = await payers.arrive()
  await pay('card')
  await payment.run('start-attempts')
  await payers.story.pay((await attempt()).mdOrder, { outcome: 'declined' })
  await settle()
  const { text } = await look()
  expect([stateIn(text), faultIn(text)]).toEqual([
    'Ждёт оплаты',
    expect.stringContaining('Деньги не списаны'),
  ])
  expect(text).toContain('Оплатить картой')
  await payment.advance(61 * 60_000)
  expect(faultIn((await look()).text)).toBeUndefined()
})

test('a bank that does not answer is told so, that nothing was charged, and heals by itself', async () => {
  const { pay, look } = await payers.arrive()
  await payment.bank.fault({ operation: 'register.do', kind: 'error', times: 2 })
  await pay('sbp')
  await payment.run('start-attempts')
  await payment.advance(11_000)
  const { text } = await look()
  expect(stateIn(text)).toStartWith('Банк не отвечает. Деньги не списаны.')
  expect(text).toContain('<noscript><meta http-equiv="refresh"')
  for (let round = 0; round < 4; round++) {
    await payment.advance(40_000)
    await payment.run('start-attempts')
  }
  expect(stateIn((await look()).text)).toStartWith('Идёт оплата')
})

test('what is looked at, cancelled or expired says so and offers no way to pay', async () => {
  const { pay, look, attempt } = await payers.arrive()
  await pay('card')
  await payment.run('start-attempts')
  const { id, mdOrder } = await attempt()
  await payment.ownerSql`update attempts set amount_kopecks = amount_kopecks - 1 where id = ${id}`
  await payers.story.pay(mdOrder)
  await settle()
  const cancelled = await payers.arrive()
  const token = await payers.story.operator()
  await payment.ask('POST', `/v1/invoices/${cancelled.invoiceId}/cancel`, { token })
  const expired = await payers.arrive()
  await payment.ownerSql`
    update invoices set expires_at = ${payment.resources.now()} where id = ${expired.invoiceId}`
  for (const [page, words] of [
    [await look(), 'Мы проверяем этот платёж'],
    [await cancelled.look(), 'Счёт отменён'],
    [await expired.look(), 'Срок оплаты истёк'],
  ] as const) {
    expect(stateIn(page.text)).toStartWith(words)
    expect(page.text).not.toContain('<form')
  }
})

test('the status waits for what is new and tells it', async () => {
  const { link, pay, browser } = await payers.arrive()
  const read = async (query: string) => JSON.parse((await browser.get(`${link}/status?${query}`)).text)
  const first = await read('wait=0')
  expect(first).toMatchObject({ phase: 'to-pay', paidKopecks: 0, leftKopecks: 1_220_000 })
  const waiting = read(`wait=10&after=${first.stamp}`)
  await pay('card')
  expect(await waiting).toMatchObject({ phase: 'starting' })
})

test('a return hastens our own question to once a second, and a refreshed page asks the bank nothing', async () => {
  const { pay, look, attempt, browser } = await payers.arrive()
  await pay('card')
  await payment.run('start-attempts')
  const { mdOrder, askAt } = await attempt()
  const { entries: before } = await payment.bank.ask('GET', 'journal')
  expect(before as object[]).not.toHaveLength(0)
  for (let times = 0; times < 5; times++) {
    await look()
    await browser.get(`http://payment.test/pay/back?orderId=${mdOrder}`)
  }
  const soon = (await attempt()).askAt
  expect([askAt.getTime() - soon.getTime(), soon.getTime()]).toEqual([
    1000,
    payment.resources.now().getTime() + 1000,
  ])
  expect((await payment.bank.ask('GET', 'journal')).entries).toEqual(before as never)
})

test('whoever knows no more than the bank’s number of an order is led to no invoice', async () => {
  const { pay, attempt, link } = await payers.arrive()
  await pay('card')
  await payment.run('start-attempts')
  const { mdOrder } = await attempt()
  const stranger = payers.openBrowser()
  const back = await stranger.get(`http://payment.test/pay/back?orderId=${mdOrder}`)
  expect([back.status, back.text.includes('Ждём ответа банка')]).toEqual([200, true])
  for (const secret of [link.slice(-32), '2026-', 'Сопровождение']) expect(back.text).not.toContain(secret)
  const unknown = await stranger.get('http://payment.test/pay/back?orderId=nobody')
  expect(unknown.text).toContain('Вернитесь к своему счёту')
  stranger.cookies.set('kontora-paying', `${crypto.randomUUID()}.//evil.example`)
  expect((await stranger.get('http://payment.test/pay/back')).status).toBe(200)
})

test('a form of another site begins nothing', async () => {
  const { invoiceId, link, browser } = await payers.arrive()
  const form = { way: 'card', left: '1220000' }
  const foreign = await browser.post(`${link}/attempts`, form, { origin: 'http://evil.example' })
  expect([foreign.status, foreign.text.includes('Запрос пришёл не с нашей страницы')]).toEqual([403, true])
  expect(await payment.sql`select id from attempts where invoice_id = ${invoiceId}`).toHaveLength(0)
})

test('the PDF comes by the same link, and the receipt once it is with the operator of fiscal data', async () => {
  const { invoiceId, link, browser, look, pay, attempt } = await payers.arrive()
  const pdf = await browser.get(`${link}/pdf`)
  expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf'])
  await pay('card')
  await payment.run('start-attempts')
  await payers.story.pay((await attempt()).mdOrder)
  await settle()
  expect((await look()).text).toContain('Чек появится здесь')
  await payment.ownerSql`
    update receipts set state = 'delivered', delivered_at = ${payment.resources.now()},
      ofd_url = 'https://ofd.example/1' where invoice_id = ${invoiceId}`
  const { text } = await look()
  expect(text).toContain('href="https://ofd.example/1"')
  expect(text).not.toContain('Чек появится здесь')
  await payment.ownerSql`delete from receipts where invoice_id = ${invoiceId}`
  const { text: without } = await look()
  expect([without.includes('Чек'), without.includes('data-status')]).toEqual([false, false])
})

test('no line of the log and no row of a table holds a token', async () => {
  const { link, pay, look } = await payers.arrive()
  await pay('card')
  await look()
  const token = link.slice(-32)
  const kept = await payment.sql`select caller, route, key, answer from idempotency_keys`
  expect(JSON.stringify(kept)).not.toContain(token)
  expect(payment.lines.join('\n')).not.toContain(token)
  expect(payment.lines.some((line) => line.includes('/pay/:token'))).toBe(true)
})

test('where there are no pages there is no payer’s page', async () => {
  const { link, browser } = await payers.arrive()
  const { pages } = payment.resources
  Object.assign(payment.resources, { pages: undefined })
  expect((await browser.get(link)).status).toBe(404)
  Object.assign(payment.resources, { pages })
})
