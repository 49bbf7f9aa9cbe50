import { expect, test } from 'bun:test'
import { counterparty, counterpartyKey, invoice, invoiceKey, openOneC } from './call-one-c.ts'
import { seed } from './seed.ts'

const bills = 'Document_СчетНаОплатуПокупателю'
const bill = `${bills}(guid'${invoiceKey}')`
const payments = 'Document_ПоступлениеНаРасчетныйСчет'

const openWith = async (document: object, set = bills) => {
  const base = openOneC({ now: () => new Date('2026-11-22T22:00:00Z') })
  await base.call('POST', 'Catalog_Контрагенты', counterparty)
  await base.call('POST', set, document)
  return base
}

test('posting answers with an empty body, sets Posted, and doing it again is harmless and counted', async () => {
  using base = await openWith(invoice)
  for (const action of ['Post?PostingModeOperational=false', 'Post()']) {
    const { status, text } = await base.call('POST', `${bill}/${action}`)
    expect([status, text]).toEqual([200, ''])
  }
  expect((await base.call('GET', bill)).json.Posted).toBe(true)
  const { documents } = (await (await base.outside('GET', 'documents')).json()) as { documents: object[] }
  expect(documents).toMatchObject([{ Number: '0000-000001', Posted: true, posts: 2, creates: 1 }])
  await base.call('POST', `${bill}/Unpost()`)
  expect((await base.call('GET', bill)).json.Posted).toBe(false)
})

test.each([
  ['Контрагент', { Контрагент_Key: '99999999-9999-4999-8999-999999999999' }],
  ['Организация', { Организация_Key: '00000000-0000-0000-0000-000000000000' }],
  ['Договор', { ДоговорКонтрагента_Key: '00000000-0000-0000-0000-000000000000' }],
  ['Сумма по строкам', { СуммаДокумента: 12200.11 }],
  ['Сумма по строкам', { Товары: [] }],
  ['Сумма по строкам', { СуммаВключаетНДС: false }],
  ['удаление', { DeletionMark: true }],
  ['Дата', { Date: '0001-01-01T00:00:00' }],
])('a document with a wrong %s is refused by the business with 500 and code -1', async (text, wrong) => {
  using base = await openWith({ ...invoice, ...wrong })
  const refused = await base.call('POST', `${bill}/Post`)
  expect([refused.status, refused.json['odata.error'].code]).toEqual([500, '-1'])
  expect(refused.json['odata.error'].message.value).toContain(text)
  expect((await base.call('GET', bill)).json.Posted).toBe(false)
})

test('a closed period refuses posting, unposting, and any change of a posted document but in load mode', async () => {
  using base = await openWith(invoice)
  await base.call('POST', `${bill}/Post`)
  await base.outside('POST', 'settings', { closedBefore: '2026-11-24' })
  const refused = [
    await base.call('POST', `${bill}/Post`),
    await base.call('POST', `${bill}/Unpost`),
    await base.call('PATCH', bill, { Комментарий: 'б' }),
    await base.call('DELETE', bill),
  ]
  expect(refused.map(({ json }) => json['odata.error'].code)).toEqual(['-1', '-1', '-1', '-1'])
  expect(refused[0]?.json['odata.error'].message.value).toContain('2026-11-24')
  const load = { '1C_OData-DataLoadMode': 'true' }
  expect((await base.call('PATCH', bill, { Комментарий: 'б' }, load)).status).toBe(200)
  await base.outside('POST', 'settings', { closedBefore: null })
  expect((await base.call('POST', `${bill}/Unpost`)).status).toBe(200)
})

test('operational posting demands the current date of the base', async () => {
  using base = await openWith(invoice)
  expect((await base.call('POST', `${bill}/Post?PostingModeOperational=true`)).status).toBe(200)
  await base.call('PATCH', bill, { Date: '2026-11-22T10:00:00' })
  expect((await base.call('POST', `${bill}/Post?PostingModeOperational=true`)).status).toBe(500)
})

test('an object that somebody has open is locked', async () => {
  using base = await openWith(invoice)
  await base.outside('POST', 'settings', { locked: [invoiceKey] })
  expect((await base.call('POST', `${bill}/Post`)).json['odata.error'].message.value).toContain(
    'заблокирован',
  )
  expect((await base.call('PATCH', bill, { Комментарий: 'б' })).status).toBe(500)
})

const payment = {
  Ref_Key: invoiceKey,
  Date: '2026-11-23T12:00:00',
  ВидОперации: 'ОплатаПокупателя',
  Организация_Key: seed.organizationKey,
  СчетОрганизации_Key: seed.bankAccountKey,
  Контрагент: counterpartyKey,
  Контрагент_Type: 'StandardODATA.Catalog_Контрагенты',
  СуммаДокумента: 0.3,
  РасшифровкаПлатежа: [0.1, 0.2].map((amount) => ({
    ДоговорКонтрагента_Key: invoice.ДоговорКонтрагента_Key,
    СпособПогашенияЗадолженности: 'Автоматически',
    СуммаПлатежа: amount,
    СуммаВзаиморасчетов: amount,
  })),
}

test('a payment without its way of repaying a debt is posted, but leaves no entries', async () => {
  const rows = payment.РасшифровкаПлатежа.map((row) => ({ ...row, СпособПогашенияЗадолженности: '' }))
  for (const [РасшифровкаПлатежа, entries] of [
    [payment.РасшифровкаПлатежа, true],
    [rows, false],
  ] as const) {
    using base = await openWith({ ...payment, РасшифровкаПлатежа }, payments)
    expect((await base.call('POST', `${payments}(guid'${invoiceKey}')/Post`)).status).toBe(200)
    const { documents } = (await (await base.outside('GET', 'documents')).json()) as { documents: object[] }
    expect(documents).toMatchObject([{ Posted: true, entries }])
  }
})

test('a payment must say its operation and name its counterparty with the type', async () => {
  for (const wrong of [{ ВидОперации: '' }, { Контрагент_Type: undefined }]) {
    using base = await openWith({ ...payment, ...wrong }, payments)
    expect((await base.call('POST', `${payments}(guid'${invoiceKey}')/Post`)).status).toBe(500)
  }
})

test('what cannot be posted is not: a catalog, an unknown key, an unknown method, a GET', async () => {
  using base = await openWith(invoice)
  const codes = [
    await base.call('POST', `Catalog_Контрагенты(guid'${counterpartyKey}')/Post`),
    await base.call('POST', `${bills}(guid'${counterpartyKey}')/Post`),
    await base.call('POST', `${bill}/Проведи`),
    await base.call('GET', `${bill}/Post`),
  ].map(({ status, json }) => `${status} ${json['odata.error'].code}`)
  expect(codes).toEqual(['404 11', '404 9', '404 11', '405 19'])
})
