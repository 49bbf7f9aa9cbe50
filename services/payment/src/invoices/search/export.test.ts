import { afterAll, beforeAll, expect, test } from 'bun:test'
import { simulatedSeller, simulatedSellerId } from '@kontora/testing'
import * as fc from 'fast-check'
import { app } from '../../app.ts'
import { putLegalEntity } from '../../legal-entities/put-legal-entity.ts'
import { openTestPayment, type TestPayment } from '../../testing.node.ts'
import { storyOf } from '../../testing-story.node.ts'
import { csvLine, roublesCell } from './csv.ts'

let payment: TestPayment
let story: ReturnType<typeof storyOf>
beforeAll(async () => {
  payment = await openTestPayment()
  story = storyOf(payment)
})
afterAll(() => payment.close())

const exported = async (query = '') => {
  const authorization = `Bearer ${await story.operator()}`
  const path = `/v1/invoices/export${query}`
  return app.request(path, { headers: { authorization } }, payment.resources)
}
const bytesOf = async (answer: Response) => new Uint8Array(await answer.arrayBuffer())
const rowsOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trimEnd().split('\r\n')

test('the file is what Excel reads: UTF-8 with its mark, semicolons, decimal commas, days', async () => {
  const { invoiceId, userId } = await story.invoice(Number.MAX_SAFE_INTEGER)
  const answer = await exported(`?userId=${userId}`)
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="invoices-2026-11-23.csv"')
  const bytes = await bytesOf(answer)
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  expect(rowsOf(bytes)).toEqual([
    'Номер;Продавец;Плательщик;Состояние;Сумма, ₽;В том числе НДС, ₽;Оплачено, ₽;Осталось, ₽;Выставлен;Оплатить до;Действует до;Оплачен;Ключ',
    `2026-000001;ООО «Контора»;${userId};выставлен;90071992547409,91;16242490459369,00;0,00;90071992547409,91;2026-11-23;;;;${invoiceId}`,
  ])
})

test('a seller named and numbered like a formula is text in the file', async () => {
  const entity = { ...simulatedSeller, name: '=HYPERLINK("http://x";"y")', numberPrefix: '-А-' }
  const what = { legalEntityId: simulatedSellerId, entity }
  await putLegalEntity(payment.resources, { id: 'test' }, what)
  const { userId } = await story.invoice()
  const [, row] = rowsOf(await bytesOf(await exported(`?userId=${userId}`)))
  expect(row).toStartWith(`'-А-2026-000002;"'=HYPERLINK(""http://x"";""y"")";${userId};`)
})

test('whatever a cell holds, no spreadsheet takes it for a formula, and it is one cell', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  const danger = fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '＝', '"', ';', "'", ' ', 'я')
  const cell = fc.array(danger, { maxLength: 6 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(cell, (text) => {
      const line = csvLine([text, 'x'])
      const first = line.slice(0, line.lastIndexOf(';x\r\n'))
      const isQuoted = /^"(?:[^"]|"")*"$/.test(first)
      const value = isQuoted ? first.slice(1, -1).replaceAll('""', '"') : first
      expect(isQuoted || !/[";\r\n]/.test(first)).toBe(true)
      expect(value).not.toMatch(/^\s*[=+\-@＝＋－＠]/)
      expect(value === text || value === `'${text}`).toBe(true)
    }),
    { seed },
  )
  expect([roublesCell(1), roublesCell(100), roublesCell(100_000_000)]).toEqual(['0,01', '1,00', '1000000,00'])
})

test('a large export comes page by page, each invoice once, and ends where the reader ends it', async () => {
  const userId = crypto.randomUUID()
  await payment.ownerSql`
    with drafts as (
      insert into invoices (id, legal_entity_id, user_id, amount_kopecks, state, drafted_by, drafted_at)
      select gen_random_uuid(), ${simulatedSellerId}, ${userId}, i, 'draft', 'x', '2026-01-01'
      from generate_series(1, 1200) i returning id, amount_kopecks)
    insert into invoice_lines (invoice_id, position, title, quantity, price_kopecks, amount_kopecks, vat, vat_kopecks)
    select id, 0, 'x', 1, amount_kopecks, amount_kopecks, 'none', 0 from drafts`
  const rows = rowsOf(await bytesOf(await exported(`?userId=${userId}`))).slice(1)
  // From behind, for its seller's name holds semicolons.
  const sums = new Set(rows.map((row) => row.split(';').at(-9)))
  expect([rows.length, sums.size, rows[0]?.split(';').at(-10)]).toEqual([1200, 1200, 'черновик'])

  const reader = (await exported(`?userId=${userId}`)).body?.getReader()
  const first = await reader?.read()
  expect(first?.done).toBe(false)
  await reader?.cancel()
  expect((await payment.sql`select 1 as one`).length).toBe(1)
})

test('nothing of a person but his id is in the file, and a wrong wish is refused before it begins', async () => {
  const { userId } = await story.invoice()
  const text = rowsOf(await bytesOf(await exported(`?userId=${userId}`))).join('\n')
  expect(text).not.toContain('Ромашка')
  expect(text).not.toContain('Сопровождение')
  expect((await exported('?state=lost')).status).toBe(400)
})
