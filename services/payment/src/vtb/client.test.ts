import { expect, test } from 'bun:test'
import { BankFault } from '../acquirer/bank-fault.ts'
import { openDoor, type Send } from '../acquirer/guarded-calls.ts'
import { sumOf } from '../acquirer/sum.ts'
import { rbsAcquirer } from './acquirer.ts'
import { createVtb } from './client.ts'

type Sent = { url: string; form: URLSearchParams }

const vtb = (answer: Response | (() => Promise<never>), sent: Sent[] = [], url = 'http://vtb.test') => {
  const send: Send = (to, init) => {
    sent.push({ url: to, form: new URLSearchParams(String(init?.body)) })
    return typeof answer === 'function' ? answer() : answer.clone()
  }
  return createVtb({
    url,
    user: 'api',
    password: 'secret',
    returnUrl: 'https://k.test/back',
    callbackUrl: 'https://k.test/cb',
    door: openDoor({ send, now: () => new Date(0) }),
  })
}
const json = (body: unknown) => new Response(typeof body === 'string' ? body : JSON.stringify(body))
const order = { orderNumber: 'N', amount: sumOf(1_220_000), description: 'Счёт', twoStage: false }

const faultOf = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return error instanceof BankFault ? `${error.kind} ${error.code}` : 'none'
}

test.each(['http://vtb.test', 'http://vtb.test/', 'http://vtb.test/payment/rest/'])(
  'an order is registered in kopecks, by a form, with both our addresses, at %s',
  async (url) => {
    const sent: Sent[] = []
    const made = await vtb(json({ orderId: 'md', formUrl: 'https://bank.test/p' }), sent, url).register(order)
    expect(made).toEqual({ mdOrder: 'md', payUrl: 'https://bank.test/p' })
    expect(sent[0]?.url).toBe('http://vtb.test/payment/rest/register.do')
    expect(Object.fromEntries(sent[0]?.form ?? [])).toEqual({
      userName: 'api',
      password: 'secret',
      orderNumber: 'N',
      amount: '1220000',
      currency: '643',
      description: 'Счёт',
      returnUrl: 'https://k.test/back',
      dynamicCallbackUrl: 'https://k.test/cb',
      sessionTimeoutSecs: '1200',
    })
  },
)

test.each([
  [{ errorCode: '5', errorMessage: 'Доступ запрещён' }, 'refused 5'],
  [{ errorCode: 5 }, 'refused 5'],
  [{ success: false }, 'refused none'],
  [{ success: true, errorCode: '7', orderId: 'md', formUrl: 'https://bank.test/p' }, 'none'],
  [{ errorCode: 0, orderId: 'md', formUrl: 'https://bank.test/p' }, 'none'],
  [{ orderId: 'md' }, 'unclear garbage'],
  [{ orderId: 'md', formUrl: 'javascript:alert(1)' }, 'unclear form-url'],
  ['<html>', 'unclear garbage'],
  ['', 'unclear garbage'],
  ['null', 'unclear garbage'],
])('the answer %j to a registration is: %s', async (body, outcome) => {
  expect(await faultOf(vtb(json(body)).register(order))).toBe(outcome)
})

test('each method is called at its own address, in kopecks, with what the bank needs', async () => {
  const sent: Sent[] = []
  const client = vtb(json({ orderId: 'md', formUrl: 'https://bank.test/p', rejected: true, qrId: 'q' }), sent)
  await client.register({ ...order, twoStage: true })
  await client.deposit('md', sumOf(500))
  await client.reverse('md')
  await client.decline('md', 'N')
  await client.refund({
    mdOrder: 'md',
    amount: sumOf(500),
    externalRefundId: 'R',
    expectedDepositedKopecks: 900,
  })
  expect(await client.rejectQr('md', 'q')).toBe(true)
  await client.qrStatus('md', 'q')
  const shown = sent.map(({ url, form }) => {
    const { userName, password, ...fields } = Object.fromEntries(form)
    expect([userName, password]).toEqual(['api', 'secret'])
    return [url.replace('http://vtb.test/payment/rest/', ''), fields]
  })
  expect(shown.slice(1)).toEqual([
    ['deposit.do', { orderId: 'md', amount: '500' }],
    ['reverse.do', { orderId: 'md' }],
    ['decline.do', { orderId: 'md', orderNumber: 'N' }],
    ['refund.do', { orderId: 'md', amount: '500', externalRefundId: 'R', expectedDepositedAmount: '900' }],
    ['sbp/c2b/qr/dynamic/reject.do', { mdOrder: 'md', qrId: 'q' }],
    ['sbp/c2b/qr/status.do', { mdOrder: 'md', qrId: 'q' }],
  ])
  expect(shown[0]?.[0]).toBe('registerPreAuth.do')
})

test.each([
  [{ status: 'STARTED' }, 'STARTED'],
  [{ qrStatus: 'ACCEPTED', transactionState: 'DEPOSITED' }, 'ACCEPTED'],
  [{ status: 'CONFIRMED', qrStatus: null }, 'CONFIRMED'],
  [{}, 'none'],
])('the state of a QR is read from either field: %j', async (body, qrState) => {
  expect((await vtb(json(body)).qrStatus('md', 'q')).qrState).toBe(qrState)
})

test('nothing, less, parts and what is no number never become a sum', () => {
  for (const wrong of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null])
    expect(() => sumOf(wrong as number)).toThrow()
})

test("a taken number and the bank's own fault leave a registration open, any other refusal ends it", async () => {
  const register = (errorCode: string) =>
    faultOf(rbsAcquirer(vtb(json({ errorCode })), 'verified').register({ ...order, capture: 'auto' }))
  expect(await Promise.all(['1', '7', '4', '5', '13'].map(register))).toEqual([
    'unclear 1',
    'unclear 7',
    'refused 4',
    'refused 5',
    'refused 13',
  ])
})

test.each([429, 500, 502, 302, 404])('status %i leaves the outcome open', async (status) => {
  const answer = new Response('{"errorCode":"5"}', { status })
  expect(await faultOf(vtb(answer).register(order))).toBe(`unclear ${status}`)
})

test('a lost connection leaves the outcome open, and the fault says nothing of what was sent', async () => {
  const call = vtb(() => Promise.reject(new Error('ECONNRESET secret'))).register(order)
  expect(await faultOf(call)).toBe('unclear no-answer')
  expect(String(await call.catch(String))).not.toContain('secret')
})

test.each([
  ['https://qr.nspk.ru/AD10?type=02', 'none'],
  ['http://qr.nspk.ru/AD10', 'unclear qr-payload'],
  ['https://qr.nspk.ru.evil.test/AD10', 'unclear qr-payload'],
  ['https://qr.nspk.ru@evil.test/AD10', 'unclear qr-payload'],
  ['https://qr.nspk.ru:8443/AD10', 'unclear qr-payload'],
  ['javascript:qr.nspk.ru', 'unclear qr-payload'],
  [undefined, 'unclear qr-payload'],
])('the QR payload %s is: %s', async (payload, outcome) => {
  expect(await faultOf(vtb(json({ qrId: 'q', status: 'STARTED', payload })).qr('md'))).toBe(outcome)
})

test('an order that the bank does not know is no order; numbers may come as text', async () => {
  expect(await vtb(json({ errorCode: '6' })).statusOf('md')).toBeUndefined()
  expect(await vtb(json({ errorCode: 0, errorMessage: '' })).statusOf('md')).toBeUndefined()
  const answer = { orderNumber: 'N', orderStatus: '2', amount: '100', currency: 810, actionCode: 0, more: {} }
  expect(await vtb(json(answer)).statusOf('md')).toMatchObject({
    orderStatus: 2,
    amount: 100,
    currency: '810',
    actionCode: '0',
  })
  expect(await faultOf(vtb(json({ ...answer, amount: '1e2' })).statusOf('md'))).toBe('unclear garbage')
})
