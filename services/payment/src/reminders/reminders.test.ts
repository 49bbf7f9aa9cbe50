import { afterAll, beforeAll, expect, test } from 'bun:test'
import { transaction } from '@kontora/postgres'
import * as v from 'valibot'
import { applyPayment } from '../invoices/apply-payment.ts'
import { lockInvoice } from '../invoices/lock-invoice.ts'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { remindPayer } from './remind-payer.ts'
import { ReminderDays } from './reminder.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

const hour = 60 * 60_000
type Made = { invoiceId: string; userId: string }

/** The clock goes on from test to test: days count from the one that it stands at. */
const dayFromNow = (days: number): string =>
  new Date(payment.resources.now().getTime() + (days * 24 + 3) * hour).toISOString().slice(0, 10)

const invoice = async (days: number, more: object = {}): Promise<Made> => {
  const userId = crypto.randomUUID()
  const lines = [{ title: 'Сопровождение', quantity: 1, priceKopecks: 1000, vat: '22' }]
  const body = { userId, dueOn: dayFromNow(days), lines, ...more }
  const { status, json } = await payment.ask('POST', '/v1/invoices', { token: await story.operator(), body })
  expect(status).toBe(201)
  return { userId, invoiceId: String(json.invoiceId) }
}
const toldOf = async ({ invoiceId }: Made) =>
  (
    await payment.sql<{ data: { days: number; leftKopecks: number }; time: Date }[]>`
      select data, time from outbox where subject = ${invoiceId} and type = 'payment.invoice-reminder-due' order by position`
  ).map(({ data, time }) => ({ ...data, time }))
const daysOf = async (made: Made) => (await toldOf(made)).map(({ days }) => days)
/** As the beat of the job does, hour for hour. */
const pass = async (hours: number) => {
  for (let i = 0; i < hours; i++) {
    await payment.advance(hour)
    await payment.run('remind-payers')
  }
}
const passAtOnce = async (hours: number) => {
  await payment.advance(hours * hour)
  await payment.run('remind-payers')
}
const bring = ({ invoiceId }: Made, kopecks: number) =>
  transaction(payment.sql, async (tx) => {
    const locked = await lockInvoice(tx, invoiceId)
    return locked && applyPayment(tx, payment.resources, locked, kopecks)
  })

test('a payer is reminded before the day, on it and after it, each step once and by day', async () => {
  const made = await invoice(4)
  await pass(24 * 16)
  const told = await toldOf(made)
  expect(told.map(({ days }) => days)).toEqual([-3, 0, 3, 10])
  // 9:00 in Moscow.
  expect(told.map(({ time }) => time.toISOString().slice(11, 16))).toEqual(Array(4).fill('06:00'))
  expect(told[0]).toMatchObject({ ...made, amountKopecks: 1000, leftKopecks: 1000 })
  await pass(48)
  expect(await daysOf(made)).toHaveLength(4)
})

test('ten who look at once tell once', async () => {
  const made = await invoice(4)
  await payment.advance(24 * hour)
  const { resources } = payment
  await payment.ownerSql`update invoices set remind_at = ${resources.now()} where id = ${made.invoiceId}`
  await Promise.all(Array.from({ length: 10 }, () => remindPayer(resources, made)))
  expect(await daysOf(made)).toEqual([-3])
})

test('one that is paid or cancelled is never spoken of again', async () => {
  const [paid, cancelled] = [await invoice(4), await invoice(4)]
  await pass(24)
  await bring(paid, 1000)
  const token = await story.operator()
  await payment.ask('POST', `/v1/invoices/${cancelled.invoiceId}/cancel`, { token })
  await passAtOnce(24 * 20)
  expect([await daysOf(paid), await daysOf(cancelled)]).toEqual([[-3], [-3]])
  const rows = await payment.sql`
    select id from invoices where id in ${payment.sql([paid.invoiceId, cancelled.invoiceId])} and remind_at is null`
  expect(rows).toHaveLength(2)
})

test('of one that is partly paid, what is left is told', async () => {
  const made = await invoice(4)
  await bring(made, 400)
  await pass(24)
  expect(await toldOf(made)).toMatchObject([{ days: -3, amountKopecks: 1000, leftKopecks: 600 }])
})

test('whoever was away tells of the last step alone, and at night waits for the morning', async () => {
  const made = await invoice(4)
  // To 23:00 in Moscow of the third day after it was due.
  const evening = new Date(`${dayFromNow(7)}T20:00:00Z`).getTime()
  await passAtOnce((evening - payment.resources.now().getTime()) / hour)
  expect(await daysOf(made)).toEqual([])
  await pass(9)
  expect(await daysOf(made)).toEqual([])
  await pass(1)
  expect(await daysOf(made)).toEqual([3])
})

test('a step before the issue is not told, nor one of the hour of issue', async () => {
  const late = await invoice(1)
  await payment.run('remind-payers')
  expect(await daysOf(late)).toEqual([])
  await pass(30)
  expect(await daysOf(late)).toEqual([0])
  const without = await story.invoice()
  await passAtOnce(24 * 20)
  expect(await daysOf(without)).toEqual([])
})

test('nobody is reminded while he pays, and soon after when nothing came of it', async () => {
  const made = await invoice(4)
  const token = await payment.tokenFor(made.userId)
  const { json } = await payment.ask('POST', `/v1/invoices/${made.invoiceId}/attempts`, {
    token,
    body: { way: 'card' },
  })
  await pass(24)
  expect(await daysOf(made)).toEqual([])
  await payment.ownerSql`update attempts set state = 'unknown' where id = ${String(json.attemptId)}`
  await payment.ownerSql`
    update attempts set state = 'failed', ended_at = started_at, start_at = null where id = ${String(json.attemptId)}`
  await pass(24)
  expect(await daysOf(made)).toEqual([-3])
})

test('an expired one is passed over in silence, and one that lives again with late money is reminded of the rest', async () => {
  const expiresAt = new Date(payment.resources.now().getTime() + 10 * 24 * hour).toISOString()
  const made = await invoice(4, { expiresAt })
  await passAtOnce(24 * 10)
  await payment.run('expire-invoices')
  const before = await daysOf(made)
  await bring(made, 1)
  await passAtOnce(24 * 10)
  await pass(12)
  expect((await daysOf(made)).slice(before.length)).toEqual([10])
  const silent = await invoice(4, {
    expiresAt: new Date(payment.resources.now().getTime() + hour).toISOString(),
  })
  await payment.advance(hour)
  await payment.run('expire-invoices')
  await pass(24 * 5)
  expect(await daysOf(silent)).toEqual([])
})

test('who runs the service can neither change nor forget what was told', async () => {
  for (const privilege of ['update', 'delete', 'truncate']) {
    const [row] = await payment.sql<{ has: boolean }[]>`
      select has_table_privilege('payment', 'invoice_reminders', ${privilege}) as has`
    expect([privilege, row?.has]).toEqual([privilege, false])
  }
})

test('the ladder is a setting: days that go up, or none', () => {
  expect(v.parse(ReminderDays, '-3,0,3,10')).toEqual([-3, 0, 3, 10])
  expect(v.parse(ReminderDays, 'none')).toEqual([])
  for (const text of ['', '3,3', '3,-3', '366', '-366', '1.5', 'a', ',', '1,', ' 1'])
    expect(v.safeParse(ReminderDays, text).success).toBe(false)
})
