import { expect, test } from 'bun:test'
import { counterparty, counterpartyKey, invoice, invoiceKey, openOneC } from './call-one-c.ts'

const bills = 'Document_СчетНаОплатуПокупателю'
const bill = `${bills}(guid'${invoiceKey}')`

test('a created entity comes back whole, under the key that was sent', async () => {
  using base = openOneC()
  const { status, headers, json } = await base.call('POST', bills, { ...invoice, Опечатка: 1, Posted: true })
  expect(status).toBe(201)
  expect(decodeURIComponent(headers.get('location') ?? '')).toEndWith(`/odata/standard.odata/${bill}`)
  expect(json).toMatchObject({ ...invoice, Number: '0000-000001', Posted: false, DeletionMark: false })
  expect(json.Опечатка).toBeUndefined()
  expect(json.DataVersion).toMatch(/^[\w+/]{11}=$/)
})

test('what is not sent is empty in the way of its type', async () => {
  using base = openOneC()
  const { json } = await base.call('POST', 'Document_ПоступлениеНаРасчетныйСчет', {})
  expect(json).toMatchObject({
    Date: '0001-01-01T00:00:00',
    Организация_Key: '00000000-0000-0000-0000-000000000000',
    Контрагент: '',
    Контрагент_Type: 'StandardODATA.Undefined',
    СуммаДокумента: 0,
    РасшифровкаПлатежа: [],
  })
  expect(json.Ref_Key).toMatch(/^[\da-f-]{36}$/)
})

test('numbers are counted in each set apart', async () => {
  using base = openOneC()
  const number = async (set: string) => (await base.call('POST', set, {})).json.Number
  expect([await number(bills), await number(bills)]).toEqual(['0000-000001', '0000-000002'])
  expect(await number('Document_РеализацияТоваровУслуг')).toBe('0000-000001')
})

test('a second creation under one key is refused with code 15, changes nothing and is counted', async () => {
  using base = openOneC()
  await base.call('POST', bills, invoice)
  const again = await base.call('POST', bills, { ...invoice, СуммаДокумента: 1 })
  expect([again.status, again.json['odata.error'].code]).toEqual([400, '15'])
  expect((await base.call('GET', bill)).json.СуммаДокумента).toBe(12200.1)
  const { documents } = (await (await base.outside('GET', 'documents')).json()) as { documents: object[] }
  expect(documents).toMatchObject([{ set: bills, Ref_Key: invoiceKey, creates: 2, posts: 0, Posted: false }])
})

test.each([
  ['a text as a number', { ИНН: 7736050003 }],
  ['an unknown value of an enumeration', { ЮридическоеФизическоеЛицо: 'ООО' }],
  ['a key that is no guid', { Ref_Key: '1' }],
  ['a flag as a text', { DeletionMark: 'false' }],
  ['a section that is no list', { КонтактнаяИнформация: {} }],
  ['null', { Description: null }],
])('%s is refused with code 4', async (_, body) => {
  using base = openOneC()
  const refused = await base.call('POST', 'Catalog_Контрагенты', body)
  expect([refused.status, refused.json['odata.error'].code]).toEqual([400, '4'])
})

test.each(['2026-11-23T10:12:00Z', '2026-11-23T10:12:00+03:00', '2026-02-30T00:00:00', '2026-11-23'])(
  'the date %s is refused: 1C has wall-clock time without a zone',
  async (moment) => {
    using base = openOneC()
    expect((await base.call('POST', bills, { ...invoice, Date: moment })).json['odata.error'].code).toBe('4')
  },
)

test('rows of a section are not created directly, bodies are JSON objects, and PUT is no method here', async () => {
  using base = openOneC()
  await base.call('POST', bills, invoice)
  const codes = [
    await base.call('POST', `${bills}_Товары`, { Сумма: 1 }),
    await base.call('POST', bills, []),
    await base.call('POST', bills, invoice, { 'content-type': 'application/atom+xml' }),
    await base.call('PUT', bill, invoice),
    await base.call('PATCH', bills, invoice),
    await base.call('POST', 'Catalog_Контрагент', invoice),
  ].map(({ status, json }) => `${status} ${json['odata.error'].code}`)
  expect(codes).toEqual(['400 13', '400 2', '400 2', '405 19', '405 19', '404 8'])
})

test('PATCH changes what is sent, replaces a section whole and makes a new version', async () => {
  using base = openOneC()
  const before = await base.call('POST', bills, invoice)
  const after = await base.call('PATCH', bill, { Комментарий: 'б', Товары: [{ Сумма: 5 }, { Сумма: 6 }] })
  expect(after.status).toBe(200)
  expect(after.json).toMatchObject({ СуммаДокумента: 12200.1, Комментарий: 'б', Ref_Key: invoiceKey })
  expect(after.json.Товары).toMatchObject([
    { LineNumber: '1', Сумма: 5, Содержание: '' },
    { LineNumber: '2', Сумма: 6 },
  ])
  expect(after.json.DataVersion).not.toBe(before.json.DataVersion)
})

test('a stale If-Match is ignored, or honoured when so set', async () => {
  using base = openOneC()
  const { json } = await base.call('POST', bills, invoice)
  const patch = (version: unknown) => base.call('PATCH', bill, { Комментарий: 'б' }, { 'if-match': version })
  expect((await patch('AAAAAAAAAAA=')).status).toBe(200)
  await base.outside('POST', 'settings', { ifMatch: 'honoured' })
  expect((await patch(json.DataVersion)).status).toBe(412)
  const { DataVersion } = (await base.call('GET', bill)).json
  expect((await patch(`W/"${DataVersion}"`)).status).toBe(200)
})

test('DELETE deletes for good', async () => {
  using base = openOneC()
  await base.call('POST', 'Catalog_Контрагенты', counterparty)
  const one = `Catalog_Контрагенты(guid'${counterpartyKey}')`
  expect((await base.call('DELETE', one)).status).toBe(204)
  expect((await base.call('DELETE', one)).json['odata.error'].code).toBe('9')
})

test('a file is written as base64 of type octet-stream and read back as a stream', async () => {
  using base = openOneC()
  const set = 'Catalog_СчетНаОплатуПокупателюПрисоединенныеФайлы'
  const file = (type: string) =>
    base.call('POST', set, {
      Description: 'Счет',
      Расширение: 'pdf',
      ВладелецФайла_Key: invoiceKey,
      ФайлХранилище_Base64Data: Buffer.from('%PDF').toString('base64'),
      ФайлХранилище_Type: type,
    })
  const { json } = await file('application/octet-stream')
  const read = await base.call('GET', `${set}(guid'${json.Ref_Key}')/ФайлХранилище/$value`)
  expect(read.text).toBe('%PDF')
  expect((await file('application/pdf')).status).toBe(500)
})
