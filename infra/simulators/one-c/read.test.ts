import { expect, test } from 'bun:test'
import { counterparty, counterpartyKey, invoice, invoiceKey, openOneC } from './call-one-c.ts'
import { seed } from './seed.ts'

const filter = (set: string, text: string, more = '') => `${set}?$filter=${encodeURIComponent(text)}${more}`

test('the root lists the sets, and $metadata describes them in XML only', async () => {
  using base = openOneC()
  const { json } = await base.call('GET', '?$format=json')
  expect(json.value.map(({ name }) => name)).toContain('Catalog_Контрагенты')
  const { text, headers } = await base.call('GET', '$metadata')
  expect(headers.get('content-type')).toStartWith('application/xml')
  expect(text).toContain('Name="СуммаДокумента" Type="Edm.Double"')
})

test('a Cyrillic login is known by its UTF-8 bytes, any other caller is not signed in', async () => {
  using base = openOneC()
  expect((await base.call('GET', 'Catalog_Валюты')).status).toBe(200)
  for (const authorization of [
    '',
    'Basic ',
    `Basic ${Buffer.from('Обмен данными:нет').toString('base64')}`,
  ]) {
    const refused = await base.call('GET', 'Catalog_Валюты', undefined, { authorization })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toStartWith('Basic')
  }
})

test('a caller who does not ask for JSON gets none, and the error in XML', async () => {
  using base = openOneC()
  const refused = await base.call('GET', 'Catalog_Валюты', undefined, { accept: '*/*' })
  expect([refused.status, refused.text.includes('<m:code>3</m:code>')]).toEqual([400, true])
  const asked = await base.call('GET', 'Catalog_Валюты?%24format=json;odata=nometadata', undefined, {
    accept: '*/*',
  })
  expect(Object.keys(asked.json)).toEqual(['value'])
})

test('a set is filtered, ordered, skipped first and then taken, and cut to the selected properties', async () => {
  using base = openOneC()
  for (const name of ['Щ', 'Ч', 'Ш']) await base.call('POST', 'Catalog_Контрагенты', { Description: name })
  const { json } = await base.call(
    'GET',
    'Catalog_Контрагенты?$orderby=Description%20desc&$skip=1&$top=1&$select=Description,Code',
  )
  expect(json.value).toEqual([{ Description: 'Ш', Code: '00-000004' }])
  const { text } = await base.call('GET', "Catalog_Контрагенты/$count?$filter=Description%20ne%20'Ч'")
  expect(text.replace('\uFEFF', '')).toBe('3')
})

test('a filter knows comparisons, brackets, not, guids, times, doubled quotes and text functions', async () => {
  using base = openOneC()
  await base.call('POST', 'Catalog_Контрагенты', counterparty)
  await base.call('POST', 'Document_СчетНаОплатуПокупателю', invoice)
  const counts = async (set: string, text: string): Promise<number> =>
    (await base.call('GET', filter(set, text))).json.value.length
  const people = 'Catalog_Контрагенты'
  expect(await counts(people, "Description eq 'ООО О''Хара'")).toBe(1)
  expect(await counts(people, "ИНН eq '7736050003' and КПП eq '1' and DeletionMark eq false")).toBe(1)
  expect(await counts(people, "ИНН eq '1' or ИНН eq '2' and КПП eq '1' or КПП eq '1'")).toBe(1)
  expect(await counts(people, "(ИНН eq '7736050003' or КПП eq '1') and not (КПП eq '1')")).toBe(0)
  const bills = 'Document_СчетНаОплатуПокупателю'
  expect(await counts(bills, `Контрагент_Key eq guid'${counterpartyKey.toUpperCase()}'`)).toBe(1)
  expect(
    await counts(bills, "Date ge datetime'2026-11-23T00:00:00' and Date lt datetime'2026-11-24T00:00:00'"),
  ).toBe(1)
  expect(await counts(bills, 'СуммаДокумента gt 12200.1 or СуммаДокумента le 12200')).toBe(0)
  expect(await counts(bills, "substringof('ext:INV-000123', Комментарий)")).toBe(1)
})

test('a composite field is found by a cast only; a bare guid finds nothing and breaks on Owner', async () => {
  using base = openOneC()
  const owner = (literal: string) =>
    base.call('GET', filter('Catalog_БанковскиеСчета', `Owner eq ${literal}`))
  const cast = await owner(`cast(guid'${seed.organizationKey}','Catalog_Организации')`)
  expect(cast.json.value.map(({ Ref_Key: key }) => key)).toEqual([seed.bankAccountKey])
  expect((await owner(`cast(guid'${seed.organizationKey}','Catalog_Контрагенты')`)).json.value).toEqual([])
  expect((await owner(`guid'${seed.organizationKey}'`)).status).toBe(500)
  const payments = filter('Document_ПоступлениеНаРасчетныйСчет', `Контрагент eq guid'${counterpartyKey}'`)
  expect((await base.call('GET', payments)).json.value).toEqual([])
})

test.each([
  ["Catalog_Контрагенты?$filter=ИНН+eq+'1'", 400, '14'],
  ["Catalog_Контрагенты?$filter=ИНН%20равно%20'1'", 400, '14'],
  ['Catalog_Контрагенты?$filter=ИНН%20eq%201', 400, '14'],
  ["Catalog_Контрагенты?$filter=Инн%20eq%20'1'", 400, '10'],
  ["Catalog_Контрагенты?$filter=Ref_Key%20eq%20guid'1'", 400, '1'],
  ['Catalog_Контрагенты?$filter=length(ИНН)%20eq%201', 400, '21'],
  ['Catalog_Контрагенты?$select=Инн', 400, '10'],
  ['Catalog_Контрагенты?$orderby=Инн', 400, '10'],
  ['Catalog_Контрагенты?$top=-1', 400, '14'],
  ['Catalog_Контрагенты?$expand=Parent', 501, '0'],
  ['Catalog_Контрагент', 404, '8'],
  [`Catalog_Контрагенты(guid'${invoiceKey}')`, 404, '9'],
  ["Catalog_Контрагенты('1')", 400, '6'],
])('%s is refused with %i and code %s', async (path, status, code) => {
  using base = openOneC()
  const refused = await base.call('GET', path)
  expect([refused.status, refused.json['odata.error'].code]).toEqual([status, code])
  expect(refused.json['odata.error'].message.value).toMatch(/[а-я]/)
})

test('an entity is read by its key, and the rows of a section as a set of their own', async () => {
  using base = openOneC()
  await base.call('POST', 'Document_СчетНаОплатуПокупателю', invoice)
  const one = await base.call(
    'GET',
    `Document_СчетНаОплатуПокупателю(guid'${invoiceKey}')?$select=Ref_Key,Posted`,
  )
  expect(one.json).toMatchObject({ Ref_Key: invoiceKey, Posted: false })
  expect(one.json.Number).toBeUndefined()
  const rows = await base.call('GET', 'Document_СчетНаОплатуПокупателю_Товары')
  expect(rows.json.value).toMatchObject([{ Ref_Key: invoiceKey, LineNumber: '1', Сумма: 12200.1 }])
})

test('$inlinecount gives the count as a string and ignores $top', async () => {
  using base = openOneC()
  const { json } = await base.call('GET', 'ChartOfAccounts_Хозрасчетный?$inlinecount=allpages&$top=1')
  expect([json['odata.count'], json.value.length]).toEqual(['4', 4])
})
