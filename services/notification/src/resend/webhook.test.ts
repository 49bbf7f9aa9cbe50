import { afterAll, beforeAll, expect, test } from 'bun:test'
import { paymentInvoiceIssued } from '@kontora/events'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { app } from '../app.ts'
import { isHigher, type MessageState, messageStates } from '../messages/message.ts'
import { prepareLetters } from '../messages/prepare-letters.ts'
import { sendCodes, sendLetters } from '../messages/send-letters.ts'
import { isSuppressed } from '../suppressions/suppressions.ts'
import {
  askForCode,
  hear,
  openTestNotification,
  type TestNotification,
  webhookSecret,
} from '../testing.node.ts'

let notification: TestNotification
let resources: TestNotification['resources']

beforeAll(async () => {
  notification = await openTestNotification()
  resources = notification.resources
})
afterAll(() => notification.close())

type Signed = { id?: string; timestamp?: string; secret?: string; headers?: Record<string, string> }
const seconds = (offset = 0) => String(Math.floor(Date.now() / 1000) + offset)

const sign = (body: string, { id = 'msg_1', timestamp = seconds(), secret = webhookSecret }: Signed = {}) =>
  new Webhook(secret).sign(id, new Date(Number(timestamp) * 1000), body)

const post = (body: string, signed: Signed = {}) => {
  const { id = 'msg_1', timestamp = seconds(), headers } = signed
  const own = {
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': sign(body, { ...signed, timestamp }),
  }
  return app.request(
    '/v1/resend/webhook',
    { method: 'POST', body, headers: { ...own, ...headers } },
    resources,
  )
}

const eventBody = (type: string, messageId: string | null, more: object = {}) =>
  JSON.stringify({
    type,
    created_at: new Date().toISOString(),
    data: {
      email_id: 'unknown',
      to: ['who@example.ru'],
      ...(messageId && { tags: { message_id: messageId } }),
      ...more,
    },
  })

const outcomeOf = async (answer: Response | Promise<Response>) =>
  ((await (await answer).json()) as { outcome: string }).outcome

const sentMessage = async (invoiceId: string = crypto.randomUUID()) => {
  const { userId, email } = notification.client.add('ru')
  await hear(notification, paymentInvoiceIssued, invoiceId, {
    invoiceId,
    userId,
    amountKopecks: 100,
  })
  await prepareLetters(resources)
  await sendLetters(resources)
  const [message] = await notification.sql<
    { id: string }[]
  >`select id from messages where user_id = ${userId}`
  return { id: message!.id, userId, email }
}
const stateOf = async (id: string) => {
  const [row] = await notification.sql<{ state: MessageState }[]>`select state from messages where id = ${id}`
  return row!.state
}
const typesOf = async (id: string) =>
  (
    await notification.sql<
      { type: string }[]
    >`select type from outbox where subject = ${id} order by position`
  ).map(({ type }) => type)

test('what is not signed by us, now, under a plain id, is refused and leaves no trace', async () => {
  const body = eventBody('email.delivered', null)
  const right = sign(body)
  const other = `whsec_${btoa('another secret of thirty-two by.')}`
  const vectors: [string, string, Signed][] = [
    ['a changed byte', `${body} `, { headers: { 'svix-signature': right } }],
    ['another key', body, { secret: other }],
    ['another id', body, { id: 'msg_2', headers: { 'svix-signature': right } }],
    ['an id with a dot', body, { id: 'msg_1.1' }],
    ['an id with a space', body, { id: 'msg 1' }],
    ['an id that is too long', body, { id: 'm'.repeat(65) }],
    ['an old time', body, { timestamp: seconds(-301) }],
    ['a time to come', body, { timestamp: seconds(303) }],
    ['a time that is no number', body, { headers: { 'svix-timestamp': 'NaN' } }],
    ['a time with a suffix', body, { headers: { 'svix-timestamp': `${seconds()}x` } }],
    ['a fraction of a second', body, { headers: { 'svix-timestamp': `${seconds()}.5` } }],
    ['a label of another version', body, { headers: { 'svix-signature': right.replace('v1,', 'v2,') } }],
    [
      'a label of the asymmetric version',
      body,
      { headers: { 'svix-signature': right.replace('v1,', 'v1a,') } },
    ],
    ['no signature', body, { headers: { 'svix-signature': '' } }],
    ['an empty signature', body, { headers: { 'svix-signature': 'v1,' } }],
    ['no padding', body, { headers: { 'svix-signature': right.replace(/=+$/, '') } }],
    ['hex', body, { headers: { 'svix-signature': `v1,${'ab'.repeat(32)}` } }],
    ['a doubled header', body, { headers: { 'svix-signature': `${right}, ${right}` } }],
    ['a thousand signatures', body, { headers: { 'svix-signature': Array(1000).fill(right).join(' ') } }],
    ['no id', body, { headers: { 'svix-id': '' } }],
  ]
  for (const [what, sent, signed] of vectors) {
    const answer = await post(sent, signed)
    expect([what, answer.status]).toEqual([what, 403])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  }
  expect(await notification.sql`select webhook_id from deliveries`).toHaveLength(0)
})

test('a second signature is accepted while the secret is being changed', async () => {
  const body = eventBody('email.delivered', null)
  const two = `v1,${'A'.repeat(43)}= ${sign(body, { id: 'msg_two' })}`
  const answer = await post(body, { id: 'msg_two', headers: { 'svix-signature': two } })
  expect(await outcomeOf(answer)).toBe('foreign')
})

test('a body above the limit is refused before it is read, also without a length', async () => {
  const chunk = new TextEncoder().encode('x'.repeat(64 * 1024))
  let sent = 0
  const body = new ReadableStream({
    pull: (controller) => {
      if (sent++ < 800) controller.enqueue(chunk)
      else controller.close()
    },
  })
  const answer = await app.request('/v1/resend/webhook', { method: 'POST', body }, resources)
  expect(answer.status).toBe(413)
  expect(sent).toBeLessThan(50)
})

test('signed nonsense is a 400 and never a 500', async () => {
  const bodies = [
    '',
    'null',
    '[]',
    '{',
    '{"type":"a\\u0000b","data":{}}',
    '{"type":1,"data":{}}',
    '{"type":"email.sent"}',
  ]
  for (const [index, body] of bodies.entries())
    expect((await post(body, { id: `msg_nonsense${index}` })).status).toBe(400)
  const odd =
    '{"type":"email.bounced","created_at":"\\u0000","data":{"email_id":"\\u0000","to":["\\ud800@x"],"tags":7,"bounce":[]}}'
  expect(await outcomeOf(post(odd, { id: 'msg_odd' }))).toBe('foreign')
})

test('deliveries in any order, each several times, end at the highest state and are told once each', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  console.log(`seed ${seed}`)
  const types = [
    'email.sent',
    'email.delivered',
    'email.bounced',
    'email.complained',
    'email.opened',
  ] as const
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...types), { minLength: 1, maxLength: 6 }), async (order) => {
      const { id } = await sentMessage()
      const run = crypto.randomUUID().slice(0, 8)
      for (const type of [...order, ...order])
        await post(eventBody(type, id), { id: `msg_${run}_${type.replace('.', '_')}` })
      const reached = order
        .map((type) => type.replace('email.', '') as MessageState)
        .filter((state) => messageStates.includes(state))
      const highest = reached.reduce(
        (top, state) => (isHigher(state, top) ? state : top),
        'sent' as MessageState,
      )
      expect(await stateOf(id)).toBe(highest)
      const told = await typesOf(id)
      expect(new Set(told).size).toBe(told.length)
      expect(told[0]).toBe('notification.sent')
      expect(told.at(-1)).toBe(`notification.${highest}`)
    }),
    { seed, numRuns: 12 },
  )
})

test('a hard bounce closes the address to all, a complaint to mailings, a soft bounce to nothing', async () => {
  const { id } = await sentMessage()
  const bounce = (to: string, type: string) =>
    post(eventBody('email.bounced', id, { to: [to], bounce: { type } }), { id: `msg_${crypto.randomUUID()}` })
  await bounce('Hard@Example.ru', 'Permanent')
  await bounce('soft@example.ru', 'Transient')
  await post(eventBody('email.complained', id, { to: ['loud@example.ru'] }), { id: 'msg_complaint' })
  expect(await isSuppressed(resources, 'hard@example.ru', 'all')).toBe(true)
  expect(await isSuppressed(resources, 'soft@example.ru', 'marketing')).toBe(false)
  expect(await isSuppressed(resources, 'loud@example.ru', 'all')).toBe(false)
  expect(await isSuppressed(resources, 'loud@example.ru', 'marketing')).toBe(true)
  await askForCode(notification, { email: 'hard@example.ru', code: '909090' })
  await sendCodes(resources)
  expect(await notification.letters('hard@example.ru')).toHaveLength(0)
  const [failed] = await notification.sql`select state, reason from messages where reason = 'suppressed'`
  expect(failed).toEqual({ state: 'failed', reason: 'suppressed' })
})

test('a webhook that overtakes the lost answer settles the letter, and nothing is sent again', async () => {
  await askForCode(notification, { email: 'fast@example.ru', code: '303030' })
  await notification.faults({ operation: 'POST /emails', kind: 'timeout-after-acting', delayMs: 500 })
  await sendCodes(resources)
  const [letter] = await notification.letters('fast@example.ru')
  await post(eventBody('email.delivered', letter!.idempotencyKey), { id: 'msg_fast' })
  const calls = (await notification.journal()).length
  notification.pass(120)
  await sendCodes(resources)
  expect((await notification.journal()).length).toBe(calls)
  const [message] = await notification.sql`
    select state, letter_sealed from messages where id = ${letter!.idempotencyKey}`
  expect(message).toEqual({ state: 'delivered', letterSealed: null })
})

test('the running service cannot rewrite what it was told', async () => {
  const [rights] = await notification.sql`
    select has_table_privilege('deliveries', 'update') as change, has_table_privilege('deliveries', 'delete') as erase,
      has_table_privilege('deliveries', 'insert') as add`
  expect(rights).toEqual({ change: false, erase: false, add: true })
})

test('each thing told of a letter names what the letter was about', async () => {
  const invoiceId = crypto.randomUUID()
  const { id, userId } = await sentMessage(invoiceId)
  await post(eventBody('email.delivered', id), { id: 'msg_about' })
  const told = await notification.sql<{ type: string; data: object }[]>`
    select type, data from outbox where subject = ${id} order by position`
  const data = { messageId: id, kind: 'invoice-issued', userId, aboutId: invoiceId }
  expect([...told]).toEqual([
    { type: 'notification.sent', data },
    { type: 'notification.delivered', data },
  ])
})
