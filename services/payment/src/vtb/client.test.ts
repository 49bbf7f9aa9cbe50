import { expect, test } from 'bun:test'
import { createVtb } from './client.ts'
import { VtbFault } from './vtb-fault.ts'

type Sent = { url: string; form: URLSearchParams }

const vtb = (answer: Response | (() => Promise<never>), sent: Sent[] = [], url = 'http://vtb.test') =>
  createVtb({
    url,
    user: 'api',
    password: 'secret',
    returnUrl: 'https://k.test/back',
    callbackUrl: 'https://k.test/cb',
    fetch: (to, init) => {
      sent.push({ url: to, form: new URLSearchParams(String(init?.body)) })
      return typeof answer === 'function' ? answer() : answer
    },
  })
const json = (body: unknown) => new Response(typeof body === 'string' ? body : JSON.stringify(body))
const order = { orderNumber: 'N', amountKopecks: 1_220_000, description: 'Счёт' }

const faultOf = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return error instanceof VtbFault ? `${error.kind} ${error.code}` : 'none'
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
