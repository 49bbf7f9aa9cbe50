import { afterAll, beforeAll, expect, test } from 'bun:test'
import { authCodeRequested } from '@kontora/events'
import { app } from '../app.ts'
import { rotateLetterKey } from '../keys/rotate-letter-keys.ts'
import { createResend } from '../resend/client.ts'
import { askForCode, encryptFor, hear, openTestNotification, type TestNotification } from '../testing.node.ts'
import { sendCodes } from './send-letters.ts'

let notification: TestNotification
let resources: TestNotification['resources']
let count = 0
const newAddress = () => `code-${count++}@example.ru`

beforeAll(async () => {
  notification = await openTestNotification()
  resources = notification.resources
})
afterAll(() => notification.close())

const stateOf = async (address: string) => {
  const [letter] = await notification.letters(address)
  const [row] = await notification.sql<
    { state: string; reason: string | null; letterSealed: string | null }[]
  >`
    select state, reason, letter_sealed from messages where id = ${letter?.idempotencyKey ?? null}`
  return row
}
const lastMessage = async () => {
  const [row] = await notification.sql<
    { id: string; state: string; reason: string | null; letterSealed: string | null }[]
  >`select id, state, reason, letter_sealed from messages order by id desc limit 1`
  return row!
}
const eventsOf = (id: string) =>
  notification.sql<
    { type: string; data: unknown }[]
  >`select type, data from outbox where subject = ${id} order by position`

test('the public keys are made at first need, once, and hold nothing private', async () => {
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => app.request('/.well-known/letter-keys.json', {}, resources)),
  )
  const sets = (await Promise.all(answers.map((answer) => answer.json()))) as { keys: object[] }[]
  expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1)
  expect(sets[0]!.keys).toEqual([
    {
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
      kid: expect.any(String),
      use: 'enc',
      alg: 'ECDH-ES',
    },
  ])
})

test('a code arrives once, however often its event comes, and its letter is erased', async () => {
  const email = newAddress()
  expect(await askForCode(notification, { email, code: '493817', times: 3 })).toEqual([
    'handled',
    'known',
    'known',
  ])
  const { id, letterSealed } = await lastMessage()
  expect(letterSealed).toBeString()
  expect(await sendCodes(resources)).toBe(1)
  expect(await sendCodes(resources)).toBe(0)
  const letters = await notification.letters(email)
  expect(letters).toHaveLength(1)
  expect(letters[0]!.text).toContain('493817')
  expect(letters[0]!.text).toContain('10 мин.')
  expect(await lastMessage()).toMatchObject({ id, state: 'sent', letterSealed: null })
  expect([...(await eventsOf(id))]).toEqual([
    { type: 'notification.sent', data: { messageId: id, kind: 'login-code', userId: null, aboutId: null } },
  ])
})

test('a letter whose answer got lost is sent again under its key, and there is one of it', async () => {
  const email = newAddress()
  await askForCode(notification, { email, code: '112233' })
  await notification.faults({ operation: 'POST /emails', kind: 'timeout-after-acting', delayMs: 600 })
  await sendCodes(resources)
  expect(await lastMessage()).toMatchObject({ state: 'ready', reason: 'no answer' })
  notification.pass(3)
  await sendCodes(resources)
  expect(await notification.letters(email)).toHaveLength(1)
  expect(await stateOf(email)).toMatchObject({ state: 'sent', letterSealed: null })
})

test('a sender that is killed between the call and the mark leaves one letter', async () => {
  const email = newAddress()
  await askForCode(notification, { email, code: '445566' })
  const killed = {
    ...resources,
    mail: {
      send: async (...call: Parameters<typeof resources.mail.send>) => {
        await resources.mail.send(...call)
        throw new Error('killed')
      },
    },
  }
  await expect(sendCodes(killed)).rejects.toThrow('killed')
  expect(await sendCodes(resources)).toBe(0)
  notification.pass(31)
  expect(await sendCodes(resources)).toBe(1)
  expect(await notification.letters(email)).toHaveLength(1)
  expect(await stateOf(email)).toMatchObject({ state: 'sent' })
})

test.each([429, 500, 502, 503])('a code that meets %p is tried again and arrives', async (status) => {
  const email = newAddress()
  await askForCode(notification, { email, code: '778899' })
  await notification.faults({ operation: 'POST /emails', kind: 'error', status })
  await sendCodes(resources)
  expect(await notification.letters(email)).toHaveLength(0)
  notification.pass(3)
  await sendCodes(resources)
  expect(await notification.letters(email)).toHaveLength(1)
})

test('a wrong key parks the letter for the operator, and a parked code is erased when it expires', async () => {
  const email = newAddress()
  await askForCode(notification, { email, code: '998877' })
  const mail = createResend({ url: notification.resendUrl, key: 're_wrong', now: resources.now })
  await sendCodes({ ...resources, mail })
  const { id } = await lastMessage()
  expect(await lastMessage()).toMatchObject({ state: 'parked', reason: '403 invalid_api_key' })
  notification.pass(601)
  await sendCodes(resources)
  expect(await lastMessage()).toMatchObject({ id, state: 'expired', letterSealed: null })
  expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['notification.failed'])
  expect(await notification.letters(email)).toHaveLength(0)
})

test('no code is sent after its time', async () => {
  const late = newAddress()
  await askForCode(notification, { email: late, code: '121212', seconds: -1 })
  const slow = newAddress()
  await askForCode(notification, { email: slow, code: '343434', seconds: 60 })
  notification.pass(60)
  await sendCodes(resources)
  expect(await notification.letters(late)).toHaveLength(0)
  expect(await notification.letters(slow)).toHaveLength(0)
})

test('a newer code of the same sign-in takes the place of the one that waits', async () => {
  const email = newAddress()
  const flowId = crypto.randomUUID()
  await askForCode(notification, { email, code: '111111', flowId })
  await askForCode(notification, { email, code: '222222', flowId, seconds: 630 })
  await sendCodes(resources)
  const letters = await notification.letters(email)
  expect(letters).toHaveLength(1)
  expect(letters[0]!.text).toContain('222222')
})

test('a code that was encrypted before the keys changed is opened with the old one for 31 days', async () => {
  const email = newAddress()
  const read = async () =>
    (await (await app.request('/.well-known/letter-keys.json', {}, resources)).json()) as {
      keys: { kid: string }[]
    }
  const [old] = (await read()).keys
  await rotateLetterKey(resources)
  expect((await read()).keys.map(({ kid }) => kid)).not.toContain(old!.kid)
  const flowId = crypto.randomUUID()
  const expiresAt = new Date(notification.clock.time.getTime() + 600_000).toISOString()
  const letter = await encryptFor(old!, { email, code: '565656', locale: 'en', expiresAt })
  await hear(notification, authCodeRequested, flowId, { flowId, letter, expiresAt })
  await sendCodes(resources)
  expect((await notification.letters(email))[0]!.text).toContain('Your sign-in code')
})

test('what cannot be opened is parked without a word of it, and never becomes a letter', async () => {
  const expiresAt = new Date(notification.clock.time.getTime() + 600_000).toISOString()
  for (const letter of ['not a letter', 'a.b.c.d.e']) {
    const flowId = crypto.randomUUID()
    expect(await hear(notification, authCodeRequested, flowId, { flowId, letter, expiresAt })).toEqual([
      'parked',
    ])
  }
  const reasons = await notification.sql<{ reason: string }[]>`select distinct reason from parked`
  expect(reasons.map(({ reason }) => reason)).toEqual(['CannotOpenLetter not-encrypted'])
})
