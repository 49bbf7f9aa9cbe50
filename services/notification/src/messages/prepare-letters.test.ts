import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  authDeviceAdded,
  authIdentityDisputed,
  authIdentityLinked,
  authIdentityUnlinked,
  authPasskeyAdded,
  authPasskeyRemoved,
  authRecoveryCodesMade,
  authRecoveryCodeUsed,
  authRefreshReused,
  clientUserDeleted,
  documentsRejected,
  documentsRequested,
  documentsReviewed,
  paymentInvoiceIssued,
  paymentInvoicePaid,
  paymentInvoicePartlyPaid,
  paymentInvoiceReminderDue,
  paymentRefundSettled,
} from '@kontora/events'
import { createResend } from '../resend/client.ts'
import { suppressAddress } from '../suppressions/suppressions.ts'
import { hear, openTestNotification, pagesUrl, type TestNotification } from '../testing.node.ts'
import { prepareLetters } from './prepare-letters.ts'
import { retryParkedLetters } from './retry-parked-letters.ts'
import { sendLetters } from './send-letters.ts'

let notification: TestNotification
let resources: TestNotification['resources']

beforeAll(async () => {
  notification = await openTestNotification()
  resources = notification.resources
})
afterAll(() => notification.close())

const issue = (userId: string, amountKopecks = 150_000, invoiceId: string = crypto.randomUUID()) =>
  hear(notification, paymentInvoiceIssued, invoiceId, { invoiceId, userId, amountKopecks })

const messagesOf = async (userId: string) => [
  ...(await notification.sql<
    { id: string; kind: string; state: string; reason: string | null; letterSealed: string | null }[]
  >`select id, kind, state, reason, letter_sealed from messages where user_id = ${userId} order by id`),
]

const sendAll = async () => {
  while ((await prepareLetters(resources)) > 0);
  while ((await sendLetters(resources)) > 0);
}

test('an invoice is told of in the language of the person, once, and only the subject stays', async () => {
  const russian = notification.client.add('ru')
  const english = notification.client.add('en', 'Ann')
  await Promise.all([issue(russian.userId, 123_456_789), issue(english.userId, 123_456_789)])
  const [before] = await messagesOf(russian.userId)
  expect(before).toMatchObject({ state: 'waiting', letterSealed: null })
  await sendAll()
  const [first, ...more] = await notification.letters(russian.email)
  expect(more).toHaveLength(0)
  expect(first!.subject).toBe('Вам выставлен счёт на 1\u00a0234\u00a0567,89\u00a0₽')
  expect(first!.text).toContain('Здравствуйте, Анна!')
  expect(first!.html).toContain('href="https://portal.kontora.example/"')
  expect((await notification.letters(english.email))[0]!.subject).toBe(
    'You have an invoice for ₽1,234,567.89',
  )
  expect(await messagesOf(russian.userId)).toMatchObject([{ state: 'sent', letterSealed: null }])
})

test('a letter that bills has the button to pay, and waits for it while payment is away', async () => {
  const { userId, email } = notification.client.add('ru')
  const [invoiceId, cancelled] = [crypto.randomUUID(), crypto.randomUUID()]
  notification.payment.links.set(invoiceId, `${pagesUrl}/pay/token`)
  notification.payment.fault.status = 503
  await issue(userId, 100, invoiceId)
  await issue(userId, 200, cancelled)
  await hear(notification, paymentInvoicePaid, invoiceId, { invoiceId, userId, amountKopecks: 300 })
  await sendAll()
  const textsOf = async () => (await notification.letters(email)).map(({ text }) => text)
  expect(await textsOf()).toMatchObject([expect.stringContaining('Мы получили оплату')])
  expect(notification.lines.some((line) => line.includes('payment-not-asked'))).toBe(true)
  notification.payment.fault.status = 0
  notification.pass(1)
  await sendAll()
  const [, ...later] = await textsOf()
  const told = later.map((text) => [text.includes('1,00'), text.includes('/pay/token')])
  expect(told.toSorted()).toEqual([
    [false, false],
    [true, true],
  ])
})

test('a link that leads elsewhere is put into no letter', async () => {
  const { userId, email } = notification.client.add('ru')
  const invoiceId = crypto.randomUUID()
  notification.payment.links.set(invoiceId, 'https://pay.kontora.example.evil.test/pay/token')
  await issue(userId, 100, invoiceId)
  await sendAll()
  expect(await notification.letters(email)).toEqual([])
  notification.payment.links.set(invoiceId, `${pagesUrl}/pay/token`)
  notification.pass(1)
  await sendAll()
  expect(await notification.letters(email)).toHaveLength(1)
})

test('each event that concerns a person becomes its letter, and a rejecting review is told of once', async () => {
  const { userId, email } = notification.client.add('ru')
  const id = () => crypto.randomUUID()
  const invoice = { invoiceId: id(), userId, amountKopecks: 100 }
  await hear(notification, paymentInvoicePaid, id(), invoice)
  await hear(notification, paymentRefundSettled, id(), { ...invoice, refundId: id(), attemptId: id() })
  const request = { requestId: id(), userId }
  const requested = { ...request, kind: 'passport', dueOn: '2026-12-31', campaignId: null }
  await hear(notification, documentsRequested, id(), requested, 2)
  await hear(notification, documentsReviewed, id(), { ...request, documentId: id(), decision: 'accepted' })
  await hear(notification, documentsReviewed, id(), { ...request, documentId: id(), decision: 'rejected' })
  await hear(notification, documentsRejected, id(), {
    ...request,
    documentId: id(),
    reasonCode: 'unreadable',
  })
  await sendAll()
  const letters = await notification.letters(email)
  expect(letters.map(({ subject }) => subject).sort()).toEqual(
    [
      'Счёт на 1,00\u00a0₽ оплачен',
      'Возврат 1,00\u00a0₽',
      'Нужен документ',
      'Документ принят',
      'Документ не принят',
    ].sort(),
  )
  const texts = letters.map(({ text }) => text).join()
  for (const part of ['паспорт', '31.12.2026', 'не читается']) expect(texts).toContain(part)
})

test('a payer is told of a part that came, and reminded before and after the day, of the whole or of what is left', async () => {
  const { userId, email } = notification.client.add('ru')
  const id = () => crypto.randomUUID()
  const invoice = { invoiceId: id(), userId, amountKopecks: 100_000_000, dueOn: '2026-12-01' }
  const part = { invoiceId: id(), userId, amountKopecks: 40_000_000, leftKopecks: 60_000_000 }
  await hear(notification, paymentInvoicePartlyPaid, id(), part)
  const remind = (days: number, leftKopecks: number) =>
    hear(notification, paymentInvoiceReminderDue, id(), { ...invoice, days, leftKopecks })
  await remind(-3, 100_000_000)
  await remind(3, 60_000_000)
  await sendAll()
  const letters = await notification.letters(email)
  const plain = (text: string) => text.replaceAll('\u00a0', ' ')
  expect(letters.map(({ subject }) => plain(subject)).sort()).toEqual([
    'Получена часть оплаты: 400 000,00 ₽',
    'Счёт на 1 000 000,00 ₽ не оплачен в срок',
    'Счёт на 1 000 000,00 ₽: оплатить до 01.12.2026',
  ])
  const left = letters.filter(({ text }) => plain(text).includes('осталось оплатить 600 000,00 ₽'))
  expect(left).toHaveLength(1)
})

test('what changes how someone signs in is told to him, under the name that people know the way by', async () => {
  const [russian, english] = [notification.client.add('ru'), notification.client.add('en', 'Ann')]
  const id = () => crypto.randomUUID()
  const sber = { provider: 'sber-id', label: { ru: 'Сбер ID', en: 'Sber ID' } }
  const caseId = id()
  await hear(notification, authIdentityLinked, id(), { userId: russian.userId, ...sber })
  await hear(notification, authIdentityUnlinked, id(), { userId: english.userId, provider: 'daisy' })
  const userIds = [russian.userId, english.userId]
  await hear(notification, authIdentityDisputed, caseId, { caseId, userIds, ...sber })
  await hear(notification, authDeviceAdded, id(), { userId: russian.userId, sessionId: id(), ...sber })
  await hear(notification, authRefreshReused, id(), { userId: russian.userId, sessionId: id() })
  await sendAll()
  const subjects = async (email: string) =>
    (await notification.letters(email)).map(({ subject }) => subject).sort()
  expect(await subjects(russian.email)).toEqual([
    'Вход по Сбер ID подключён',
    'Вход по Сбер ID приостановлен',
    'Вход по Сбер ID с нового устройства',
    'Мы завершили один из ваших сеансов',
  ])
  expect(await subjects(english.email)).toEqual(['Sign-in by Sber ID is suspended', 'daisy is unlinked'])
  const letters = [
    ...(await notification.letters(russian.email)),
    ...(await notification.letters(english.email)),
  ]
  expect(letters.filter(({ text }) => text.includes(caseId))).toHaveLength(2)
  const others = (await notification.letters(russian.email)).map(({ text }) => text).join()
  expect(others).not.toContain(english.userId)
})

test('what changes his passkeys and recovery codes is told to him, with what to do if it was not he', async () => {
  const { userId, email } = notification.client.add('ru')
  const id = () => crypto.randomUUID()
  await hear(notification, authPasskeyAdded, id(), { userId, passkeyId: id() })
  await hear(notification, authPasskeyRemoved, id(), { userId, passkeyId: id() })
  await hear(notification, authRecoveryCodesMade, id(), { userId })
  await hear(notification, authRecoveryCodeUsed, id(), { userId, sessionId: id(), left: 2 })
  await sendAll()
  const letters = await notification.letters(email)
  expect(letters.map(({ subject }) => subject).sort()).toEqual([
    'Добавлен ключ доступа',
    'Использован резервный код',
    'Созданы новые резервные коды',
    'Удалён ключ доступа',
  ])
  for (const { text } of letters) expect(text).toContain('Если это сделали не вы')
  expect(letters.map(({ text }) => text).join()).toContain('Осталось кодов: 2.')
})

test('each retry is the same to the byte, though sender, template, name and address change in between', async () => {
  const person = notification.client.add('ru')
  await issue(person.userId)
  await prepareLetters(resources)
  const bodies: string[] = []
  const proxy = Bun.serve({
    port: 0,
    fetch: async (request) => {
      bodies.push(`${request.headers.get('idempotency-key')} ${await request.text()}`)
      return new Response('away', { status: 503 })
    },
  })
  const mail = createResend({ url: proxy.url.href, key: 're_test', now: resources.now })
  await sendLetters({ ...resources, mail })
  notification.client.people.set(person.userId, {
    ...person,
    displayName: 'Другая',
    email: 'other@example.ru',
  })
  notification.pass(60)
  await sendLetters({
    ...resources,
    mail,
    mailFrom: 'Other <other@kontora.example>',
    portalUrl: 'https://other',
  })
  await proxy.stop(true)
  expect(bodies).toHaveLength(2)
  expect(bodies[0]).toBe(bodies[1]!)
  notification.pass(60)
  await sendAll()
  expect(await notification.letters(person.email)).toHaveLength(1)
})

test('who is blocked or deleted is skipped, and so is an address that bounced', async () => {
  const stranger = crypto.randomUUID()
  const closed = notification.client.add('ru')
  const broken = notification.client.add('ru', 'X', 'a@example.ru\r\nBcc: evil@example.ru')
  await suppressAddress(resources, closed.email, { scope: 'all', reason: 'hard-bounce' })
  for (const userId of [stranger, closed.userId, broken.userId]) await issue(userId)
  await sendAll()
  expect(await messagesOf(stranger)).toMatchObject([{ state: 'skipped', reason: 'no such person' }])
  expect(await messagesOf(closed.userId)).toMatchObject([{ state: 'skipped', reason: 'suppressed' }])
  expect(await messagesOf(broken.userId)).toMatchObject([{ state: 'failed', reason: 'no usable address' }])
  expect(await notification.letters(closed.email)).toHaveLength(0)
})

test('while client is away nothing is lost, and later everything is sent', async () => {
  const { userId, email } = notification.client.add('ru')
  await issue(userId)
  notification.client.fault.status = 503
  await expect(prepareLetters(resources)).rejects.toThrow('status-503')
  notification.client.fault.status = 0
  notification.pass(1)
  await sendAll()
  expect(await notification.letters(email)).toHaveLength(1)
})

test('addresses are asked for in batches of a hundred at most, each person once', async () => {
  const people = Array.from({ length: 120 }, () => notification.client.add('ru'))
  notification.client.asked.length = 0
  for (const { userId } of people) await issue(userId)
  await issue(people[0]!.userId)
  while ((await prepareLetters(resources)) > 0);
  expect(notification.client.asked.every((batch) => batch.length <= 100)).toBe(true)
  expect(notification.client.asked.every((batch) => new Set(batch).size === batch.length)).toBe(true)
  await sendAll()
  expect(await notification.letters(people[119]!.email)).toHaveLength(1)
})

test('what a deleted person was to be written is erased and never sent', async () => {
  const person = notification.client.add('ru')
  await issue(person.userId)
  await prepareLetters(resources)
  await issue(person.userId)
  await hear(notification, clientUserDeleted, person.userId, { userId: person.userId, version: 2 })
  await sendAll()
  expect(await messagesOf(person.userId)).toMatchObject([
    { state: 'skipped', letterSealed: null },
    { state: 'skipped', letterSealed: null },
  ])
  expect(await notification.letters(person.email)).toHaveLength(0)
})

test('a refused letter fails for good; one that met a wrong setting goes out when the operator retries', async () => {
  const refused = notification.client.add('ru')
  await issue(refused.userId)
  await prepareLetters(resources)
  await notification.faults({ operation: 'POST /emails', kind: 'error', status: 422 })
  await sendLetters(resources)
  expect(await messagesOf(refused.userId)).toMatchObject([{ state: 'failed', letterSealed: null }])

  const parked = notification.client.add('ru')
  await issue(parked.userId)
  await prepareLetters(resources)
  await notification.faults({ operation: 'POST /emails', kind: 'error', status: 401 })
  await sendLetters(resources)
  expect(await messagesOf(parked.userId)).toMatchObject([{ state: 'parked' }])
  notification.pass(3600)
  await sendAll()
  expect(await notification.letters(parked.email)).toHaveLength(0)
  expect(await retryParkedLetters(resources)).toBe(1)
  await sendAll()
  expect(await notification.letters(parked.email)).toHaveLength(1)
})

test('an outcome that stayed unknown for a day is the operator’s to settle, not a blind resend', async () => {
  const { userId } = notification.client.add('ru')
  await issue(userId)
  await prepareLetters(resources)
  await notification.faults({ operation: 'POST /emails', kind: 'error', status: 500, times: 100 })
  for (let tries = 0; tries < 60 && (await messagesOf(userId))[0]!.state === 'ready'; tries++) {
    await sendLetters(resources)
    notification.pass(3600)
  }
  expect(await messagesOf(userId)).toMatchObject([{ state: 'parked', reason: '500 application_error' }])
  await notification.resend.app.request('/_sim/faults', { method: 'DELETE' })
})

test('a provider that asks to wait is waited for: it hears one round, then nothing until the time it named', async () => {
  const people = Array.from({ length: 25 }, () => notification.client.add('ru'))
  for (const { userId } of people) await issue(userId)
  await prepareLetters(resources)
  let calls = 0
  const busy = Bun.serve({
    port: 0,
    fetch: () => {
      calls++
      const refusal = { statusCode: 429, name: 'rate_limit_exceeded', message: 'Too many requests.' }
      return Response.json(refusal, { status: 429, headers: { 'retry-after': '40' } })
    },
  })
  const mail = createResend({ url: busy.url.href, key: 're_test', now: resources.now })
  while ((await sendLetters({ ...resources, mail })) > 0);
  expect(calls).toBe(10)
  const asked = await notification.sql<{ askAt: Date }[]>`
    select ask_at from messages where state = 'ready' and reason = '429 rate_limit_exceeded'`
  expect(asked).toHaveLength(10)
  for (const { askAt } of asked) expect(askAt.getTime() - notification.clock.time.getTime()).toBe(40_000)
  await busy.stop(true)
  notification.pass(41)
  await sendAll()
  for (const { email } of people) expect(await notification.letters(email)).toHaveLength(1)
})
