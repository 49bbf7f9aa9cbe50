import { expect, test } from 'bun:test'
import { BankFault } from '../acquirer/bank-fault.ts'
import { openDoor, type Send } from '../acquirer/guarded-calls.ts'
import { sumOf } from '../acquirer/sum.ts'
import { createOpenapi } from './client.ts'

type Sent = { url: string; method: string; headers: Record<string, string>; body: string }
type Answers = { token?: () => Response; api?: (sent: Sent, count: number) => Response }

const answerOf = (value = '10.56') =>
  `{"type":"ORDER","object":{"orderId":"N","orderCode":"C","amount":{"value":${value},"code":"RUB"},"status":{"value":"CREATED"},"payUrl":"https://bank.test/pay"}}`

const open = ({ token, api }: Answers = {}, more: object = {}) => {
  const sent: Sent[] = []
  let [time, tokens] = [0, 0]
  const send: Send = (url, init) => {
    const call = {
      url,
      method: init?.method ?? 'GET',
      headers: Object.fromEntries(
        Object.entries(init?.headers as Record<string, string>).map(([name, value]) => [
          name.toLowerCase(),
          value,
        ]),
      ),
      body: String(init?.body ?? ''),
    }
    sent.push(call)
    if (url.includes('token'))
      return (
        token?.() ?? Response.json({ access_token: `t${++tokens}`, token_type: 'Bearer', expires_in: 179 })
      )
    const calls = sent.filter((one) => !one.url.includes('token')).length
    return api?.(call, calls) ?? new Response(answerOf())
  }
  const now = () => new Date(time)
  const client = createOpenapi({
    url: 'https://bank.test/openapi/v1/',
    tokenUrl: 'https://bank.test/token',
    clientId: 'AbC-1@ext.vtb.ru',
    clientSecret: 'secret/1',
    auth: 'form',
    merchant: 'site-1',
    clientSuffix: '@ext.vtb.ru',
    returnUrl: 'https://k.test/back',
    door: openDoor({ send, now }),
    tokenDoor: openDoor({ send, now }),
    now,
    ...more,
  })
  return { client, sent, pass: (ms: number) => (time += ms) }
}
const order = {
  orderId: 'N',
  orderName: 'Счёт 1',
  amount: sumOf(1056),
  expire: new Date(1_200_000),
  wantsSbp: true,
}
const outcome = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return error instanceof BankFault ? `${error.kind} ${error.code}` : error ? 'bug' : 'none'
}

test('an order is sent in roubles as text, with the headers that the bank wants', async () => {
  const { client, sent } = open()
  expect(await client.createOrder(order)).toMatchObject({ orderId: 'N', amount: { value: 1056 } })
  const [token, created] = sent
  expect(Object.fromEntries(new URLSearchParams(token?.body))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'AbC-1@ext.vtb.ru',
    client_secret: 'secret/1',
  })
  expect(created).toMatchObject({ url: 'https://bank.test/openapi/v1/orders', method: 'POST' })
  expect(created?.headers).toMatchObject({
    authorization: 'Bearer t1',
    'x-ibm-client-id': 'abc-1',
    'merchant-authorization': 'site-1',
    'content-type': 'application/json',
  })
  expect(created?.body).toStartWith('{"amount":{"value":10.56,"code":"RUB"},')
  expect(JSON.parse(created?.body ?? '')).toEqual({
    amount: { value: 10.56, code: 'RUB' },
    orderId: 'N',
    orderName: 'Счёт 1',
    expire: '1970-01-01T00:20:00.000Z',
    returnUrl: 'https://k.test/back',
    returnPaymentData: 'sbp',
  })
})

test('a token is asked for once by all who need one at once, kept, and renewed before its end', async () => {
  const { client, sent, pass } = open()
  const tokens = () => sent.filter(({ url }) => url.endsWith('token')).length
  await Promise.all(Array.from({ length: 20 }, () => client.order('N')))
  expect([tokens(), sent.length]).toEqual([1, 21])
  pass(158_000)
  await client.order('N')
  expect(tokens()).toBe(1)
  pass(1000)
  await client.order('N')
  expect(tokens()).toBe(2)
})

test('a token that is not taken is renewed once; a second refusal says that nothing was done', async () => {
  const once = open({ api: (_, count) => new Response(answerOf(), { status: count === 1 ? 401 : 200 }) })
  expect(await outcome(once.client.createOrder(order))).toBe('none')
  expect(once.sent.map(({ headers }) => headers.authorization)).toEqual([
    undefined,
    'Bearer t1',
    undefined,
    'Bearer t2',
  ] as unknown as string[])
  const never = open({ api: () => new Response('{}', { status: 401 }) })
  expect(await outcome(never.client.createOrder(order))).toBe('not-sent 401')
  expect(never.sent).toHaveLength(4)
})

test.each([
  [() => new Response('{}', { status: 401 }), 'not-sent token-401'],
  [() => new Response('<html>', { status: 200 }), 'not-sent token-200'],
  [() => new Response('{"access_token":"a\\nb"}', { status: 200 }), 'not-sent token-200'],
  [
    () => {
      throw new Error('ECONNRESET')
    },
    'not-sent no-answer',
  ],
])('without a token nothing is sent: %#', async (token, expected) => {
  const { client, sent } = open({ token })
  expect(await outcome(client.createOrder(order))).toBe(expected)
  expect(sent.every(({ url }) => url.endsWith('token'))).toBe(true)
})

test('we may show ourselves by HTTP Basic, and be nobody special', async () => {
  const { client, sent } = open({}, { auth: 'basic', merchant: '' })
  await client.order('N')
  const encoded = sent[0]?.headers.authorization?.replace('Basic ', '') ?? ''
  expect(atob(encoded).split(':').map(decodeURIComponent)).toEqual(['AbC-1@ext.vtb.ru', 'secret/1'])
  expect(sent[0]?.body).toBe('grant_type=client_credentials')
  expect(sent[1]?.headers).not.toHaveProperty('merchant-authorization')
})

test.each([
  [400, 'refused 400'],
  [403, 'refused 403'],
  [422, 'refused 422'],
  [404, 'unclear 404'],
  [409, 'unclear 409'],
  [429, 'unclear 429'],
  [500, 'unclear 500'],
  [302, 'unclear 302'],
])('an order that is answered %i is: %s', async (status, expected) => {
  const { client, sent } = open({ api: () => new Response('{}', { status }) })
  expect(await outcome(client.createOrder(order))).toBe(expected)
  expect(sent).toHaveLength(2)
})

test('an order that the bank does not know is none; what is no answer is none either', async () => {
  const api = (status: number, text: string) => open({ api: () => new Response(text, { status }) }).client
  expect(await api(404, '').order('N')).toBeUndefined()
  for (const wrong of ['{}', 'null', '<html>', answerOf('"10.56a"'), answerOf('10.567'), answerOf('-1')])
    expect(await outcome(api(200, wrong).order('N'))).toBe('unclear garbage')
})
