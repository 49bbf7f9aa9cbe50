import { afterAll, beforeAll, expect, test } from 'bun:test'
import { ClientFault } from '../client/ask-client.ts'
import {
  document,
  inUtf8,
  ownAccount,
  payerAccount,
  section,
  statementText,
} from '../statements/text-file/testing-file.node.ts'
import { openTestPayment, type TestPayment } from '../testing.node.ts'
import { storyOf } from '../testing-story.node.ts'
import { matchTransfers } from './match-transfers.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

const inn = '7707083893'
let closing = 0
let count = 0

const roubles = (kopecks: number) => `${Math.trunc(kopecks / 100)}.${String(kopecks % 100).padStart(2, '0')}`

const outwards = {
  ПлательщикСчет: ownAccount,
  ПолучательСчет: payerAccount,
  ДатаПоступило: null,
}

/** One line of a statement of one more day, below zero for what went out; answers with its transfer. */
const receive = async (
  purpose: string,
  kopecks: number,
  more: Record<string, string | null> = {},
): Promise<string> => {
  count += 1
  const day = `${String(1 + (count % 28)).padStart(2, '0')}.${String(1 + Math.trunc(count / 28)).padStart(2, '0')}.2027`
  const opening = closing
  closing += kopecks
  const balances = {
    НачальныйОстаток: roubles(opening),
    ВсегоПоступило: roubles(Math.max(0, kopecks)),
    ВсегоСписано: roubles(Math.max(0, -kopecks)),
    КонечныйОстаток: roubles(closing),
  }
  const text = statementText(
    section({ ДатаНачала: day, ДатаКонца: day, ...balances }),
    document({
      Номер: String(count),
      Дата: day,
      ДатаПоступило: day,
      Сумма: roubles(Math.abs(kopecks)),
      НазначениеПлатежа: purpose,
      ПлательщикИНН: inn,
      ...(kopecks < 0 && outwards),
      ...more,
    }),
  )
  const taken = await payment.askFile('/v1/statements', { token: await story.operator(), body: inUtf8(text) })
  expect([taken.status, taken.json.added]).toEqual([201, 1])
  const [row] = await payment.sql<{ id: string }[]>`select id from transfers order by id desc limit 1`
  return row?.id ?? ''
}

const issue = async (priceKopecks: number, payer: { inn?: string | null; displayName?: string } = {}) => {
  const made = await story.invoice(priceKopecks)
  payment.payers.push({ userId: made.userId, inn: null, displayName: 'ООО «Ромашка»', ...payer })
  const [row] = await payment.sql<
    { number: string }[]
  >`select number from invoices where id = ${made.invoiceId}`
  return { ...made, number: row?.number ?? '' }
}
const invoiceOf = async (invoiceId: string) => {
  const [row] = await payment.sql`select state, paid_kopecks from invoices where id = ${invoiceId}`
  return row
}
const transferOf = async (id: string) => {
  const { json } = await payment.ask('GET', `/v1/transfers/${id}`, { token: await story.operator() })
  return json
}
const balanceOf = async (account: string): Promise<number> => {
  const [row] = await payment.sql<{ sum: number }[]>`
    select coalesce(sum(amount_kopecks), 0)::bigint as sum from ledger_entries where account = ${account}`
  return row?.sum ?? 0
}
const post = async (path: string, body: object, more = {}) =>
  payment.ask('POST', path, { token: await story.operator(), body, ...more })

test('money for an invoice that the purpose names pays it, and the ledger says whose it was', async () => {
  const { invoiceId, number, userId } = await issue(50_000, { inn })
  const id = await receive(`Оплата по сч. №${Number(number.split('-')[1])}`, 50_000)
  await payment.run('match-transfers')
  expect(await invoiceOf(invoiceId)).toEqual({ state: 'paid', paidKopecks: 50_000 })
  expect(await transferOf(id)).toMatchObject({
    state: 'matched',
    matchedKopecks: 50_000,
    matches: [
      {
        invoiceId,
        amountKopecks: 50_000,
        appliedKopecks: 50_000,
        fit: 'exact',
        rule: 'number-and-payer',
        matchedBy: 'rules',
      },
    ],
  })
  expect([await balanceOf(`receivable:${userId}`), await balanceOf('unidentified')]).toEqual([0, 0])
  const events = await payment.sql`select type from outbox where subject = ${invoiceId} order by id`
  expect(events.map(({ type }) => type)).toContain('payment.invoice-paid')
})

test('a part leaves the rest to pay, and what exceeds stands on the account of the payer', async () => {
  const { invoiceId, number, userId } = await issue(50_000, { inn: '7736050003' })
  const more = { ПлательщикИНН: '7736050003' }
  await receive(`счет ${number}`, 20_000, more)
  await payment.run('match-transfers')
  expect(await invoiceOf(invoiceId)).toEqual({ state: 'issued', paidKopecks: 20_000 })
  const over = await receive(`счет ${number}`, 40_000, more)
  await payment.run('match-transfers')
  expect(await invoiceOf(invoiceId)).toEqual({ state: 'paid', paidKopecks: 50_000 })
  expect((await transferOf(over)).matches).toMatchObject([
    { amountKopecks: 40_000, appliedKopecks: 30_000, fit: 'over' },
  ])
  expect(await balanceOf(`receivable:${userId}`)).toBe(-10_000)
})

test('two lines for one invoice in one batch are told apart: the second is an overpayment', async () => {
  const { invoiceId, number } = await issue(7000, { inn: '500100732259' })
  const more = { ПлательщикИНН: '500100732259' }
  const ids = [await receive(`счет ${number}`, 7000, more), await receive(`счет ${number}`, 7000, more)]
  await payment.run('match-transfers')
  expect(await invoiceOf(invoiceId)).toEqual({ state: 'paid', paidKopecks: 7000 })
  const fits = await Promise.all(
    ids.map(async (id) => ((await transferOf(id)).matches as { fit: string }[])[0]?.fit),
  )
  expect(fits).toEqual(['exact', 'over'])
})

test('what is ambiguous waits with its reason, and is looked at again when it may have become clear', async () => {
  const first = await issue(3300, { inn: '7702070139' })
  const second = await issue(3300, { inn: '7702070139' })
  const id = await receive('Оплата услуг', 3300, { ПлательщикИНН: '7702070139' })
  await payment.run('match-transfers')
  expect(await transferOf(id)).toMatchObject({ state: 'unidentified', reason: 'several-fit', matches: [] })
  await post(`/v1/invoices/${first.invoiceId}/cancel`, {})
  await payment.advance(7 * 3_600_000)
  await payment.run('match-transfers')
  expect(await transferOf(id)).toMatchObject({
    state: 'matched',
    reason: null,
    matches: [{ invoiceId: second.invoiceId, rule: 'payer-and-amount' }],
  })
})

test('while `client` cannot be asked nothing is told, and nothing is lost', async () => {
  const { number } = await issue(4400, { inn })
  const id = await receive(`счет ${number}`, 4400)
  const away = { ...payment.resources, findPayers: () => Promise.reject(new ClientFault('no answer')) }
  expect(await matchTransfers(away)).toBe(0)
  expect((await transferOf(id)).state).toBe('unidentified')
  await payment.advance(61_000)
  await payment.run('match-transfers')
  expect((await transferOf(id)).state).toBe('matched')
})

test('when somebody was faster, nothing is done with what was left before, and the line is looked at again', async () => {
  const displayName = 'Иванова Анна Петровна'
  const { invoiceId, number } = await issue(8800, { displayName })
  const id = await receive(`счет ${number}`, 8800, { ПлательщикИНН: '0', Плательщик1: displayName })
  const racing = {
    ...payment.resources,
    findPayers: async (wanted: { userIds?: string[]; inns?: string[] }) => {
      await payment.sql`update invoices set paid_kopecks = 800 where id = ${invoiceId}`
      return payment.resources.findPayers(wanted)
    },
  }
  await matchTransfers(racing)
  expect([await transferOf(id), await invoiceOf(invoiceId)]).toMatchObject([
    { state: 'unidentified' },
    { state: 'issued', paidKopecks: 800 },
  ])
  await payment.run('match-transfers')
  expect((await transferOf(id)).matches).toMatchObject([{ appliedKopecks: 8000, fit: 'over' }])
})

test('an operator says what a transfer is for, in parts, and takes it back: everything is as before', async () => {
  const { invoiceId, userId } = await issue(10_000)
  const other = await issue(500)
  const id = await receive('Спасибо', 12_000, { ПлательщикИНН: '0' })
  await payment.run('match-transfers')
  expect(await transferOf(id)).toMatchObject({ state: 'unidentified', reason: 'nothing-named' })
  const before = await balanceOf('unidentified')
  const reason = 'письмо плательщика'
  const part = await post(`/v1/transfers/${id}/match`, {
    invoiceId: other.invoiceId,
    amountKopecks: 500,
    reason,
  })
  expect([part.status, part.json]).toEqual([200, { transferId: id, state: 'unidentified' } as never])
  expect((await post(`/v1/transfers/${id}/match`, { invoiceId, amountKopecks: 11_501, reason })).status).toBe(
    409,
  )
  expect((await post(`/v1/transfers/${id}/match`, { invoiceId, reason })).json).toMatchObject({
    state: 'matched',
  })
  expect(await invoiceOf(invoiceId)).toEqual({ state: 'paid', paidKopecks: 10_000 })
  expect([await balanceOf(`receivable:${userId}`), await balanceOf('unidentified')]).toEqual([
    -1500,
    before + 12_000,
  ])
  expect((await post(`/v1/transfers/${id}/match`, { invoiceId, reason })).status).toBe(409)

  expect((await post(`/v1/transfers/${id}/unmatch`, { reason: 'ошибка' })).json).toEqual({
    transferId: id,
    state: 'unidentified',
  } as never)
  expect(await invoiceOf(invoiceId)).toEqual({ state: 'issued', paidKopecks: 0 })
  expect(await invoiceOf(other.invoiceId)).toEqual({ state: 'issued', paidKopecks: 0 })
  expect([await balanceOf(`receivable:${userId}`), await balanceOf('unidentified')]).toEqual([10_000, before])
  const told = await transferOf(id)
  expect(told.matches).toMatchObject([
    { rule: 'by-hand', reason, matchedBy: story.operatorId, unmatchedBy: story.operatorId },
    { unmatchedBy: story.operatorId },
  ])
  expect((await post(`/v1/transfers/${id}/unmatch`, { reason: 'ошибка' })).status).toBe(409)
  // The rules do not say again what a person took back.
  await payment.advance(24 * 3_600_000)
  await payment.run('match-transfers')
  expect((await transferOf(id)).state).toBe('unidentified')
})

test('what 1С was told of a match that is taken back is withdrawn there, what it was not told stays untold', async () => {
  const [told, untold] = [await issue(700), await issue(300)]
  const id = await receive('Спасибо', 1000, { ПлательщикИНН: '0' })
  const exportAll = async () => {
    for (let i = 0; i < 4; i++) await payment.run('export-to-one-c')
  }
  const statesOf = async (invoiceId: string) => {
    const rows = await payment.sql<{ kind: string; state: string }[]>`
      select kind, state from exports where invoice_id = ${invoiceId} order by position`
    return rows.map(({ kind, state }) => `${kind} ${state}`)
  }
  await post(`/v1/transfers/${id}/match`, { invoiceId: told.invoiceId, amountKopecks: 700, reason: 'r' })
  await exportAll()
  await post(`/v1/transfers/${id}/match`, { invoiceId: untold.invoiceId, reason: 'r' })
  await post(`/v1/transfers/${id}/unmatch`, { reason: 'ошибка' })
  await exportAll()
  expect(await statesOf(told.invoiceId)).toEqual([
    'invoice exported',
    'transfer exported',
    'withdrawal exported',
  ])
  expect(await statesOf(untold.invoiceId)).toEqual(['invoice exported', 'transfer left-out'])
  const [match] = await payment.sql<{ id: string }[]>`
    select id from transfer_matches where invoice_id = ${told.invoiceId}`
  const { documents } = await payment.base.ask('GET', 'documents')
  const theirs = (documents as { Ref_Key: string; DeletionMark: boolean }[]).filter(
    ({ Ref_Key }) => Ref_Key === match?.id,
  )
  expect(theirs).toMatchObject([{ DeletionMark: true }])
})

test('who may not, or asks for what is not there, moves nothing', async () => {
  const { invoiceId } = await issue(100)
  const id = await receive('Спасибо', 100, { ПлательщикИНН: '0' })
  const body = { invoiceId, reason: 'r' }
  const token = await payment.tokenFor(crypto.randomUUID())
  expect((await post(`/v1/transfers/${id}/match`, body, { token })).status).toBe(403)
  expect((await post(`/v1/transfers/${id}/unmatch`, { reason: 'r' }, { token })).status).toBe(403)
  expect((await post(`/v1/transfers/${crypto.randomUUID()}/match`, body)).status).toBe(404)
  expect((await post(`/v1/transfers/${id}/match`, { ...body, invoiceId: crypto.randomUUID() })).status).toBe(
    404,
  )
  expect((await post(`/v1/transfers/${id}/match`, { invoiceId })).status).toBe(400)
  await post(`/v1/invoices/${invoiceId}/cancel`, {})
  expect((await post(`/v1/transfers/${id}/match`, body)).status).toBe(409)
})

test('money that went back to a payer lowers what he has with us, and takes nothing of his invoice', async () => {
  const { invoiceId, userId, number } = await issue(6000, { inn })
  await receive(`счет ${number}`, 9000)
  await payment.run('match-transfers')
  expect(await balanceOf(`receivable:${userId}`)).toBe(-3000)
  const id = await receive('Возврат излишне уплаченного', -3000)
  expect(await transferOf(id)).toMatchObject({ direction: 'out', kind: 'refund', state: 'unidentified' })
  const reason = 'заявление плательщика'
  expect((await post(`/v1/transfers/${id}/match`, { invoiceId, reason })).json).toMatchObject({
    state: 'matched',
  })
  expect(await balanceOf(`receivable:${userId}`)).toBe(0)
  expect(await invoiceOf(invoiceId)).toEqual({ state: 'paid', paidKopecks: 6000 })
})

test('who paid and what for is erased when nobody needs it any more; the line and its match stay', async () => {
  const { number } = await issue(1100, { inn })
  const id = await receive(`счет ${number}`, 1100)
  await payment.run('match-transfers')
  await payment.advance(91 * 86_400_000)
  await payment.run('erase-transfer-details')
  expect(await transferOf(id)).toMatchObject({
    state: 'matched',
    details: null,
    matches: [{ amountKopecks: 1100 }],
  })
})
