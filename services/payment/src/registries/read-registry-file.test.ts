import { expect, test } from 'bun:test'
import { Problem } from '@kontora/service'
import * as v from 'valibot'
import { inCodePage, inUtf8 } from '../statements/text-file/testing-file.node.ts'
import { parseCsv } from './parse-csv.ts'
import { payoutOf } from './payout.ts'
import { readRegistryFile } from './read-registry-file.ts'
import { defaultFormat, RegistryFormatText } from './registry-format.ts'
import { registryText } from './testing-registry.node.ts'

const usual = registryText([
  { order: 'A1', day: '22.11.2026', gross: 1_000_000, commission: 15_000, paidOn: '23.11.2026' },
  {
    order: 'A2',
    kind: 'Возврат',
    reference: 'R1',
    day: '22.11.2026',
    gross: 5000,
    commission: -75,
    paidOn: '23.11.2026',
    way: 'СБП',
  },
])
const read = (bytes: Uint8Array<ArrayBuffer>, format = defaultFormat) => readRegistryFile(bytes, format)
const faultsOf = (text: string) =>
  read(inUtf8(text)).then(
    () => undefined,
    (error: unknown) => (error instanceof Problem ? error.details.fields : error),
  )

test('operations are read with their sums in kopecks, whatever the code page', async () => {
  for (const bytes of [
    inUtf8(usual),
    inUtf8(`\ufeff${usual}`),
    inCodePage(usual, 'windows-1251'),
    inCodePage(usual, 'ibm866'),
  ])
    expect((await read(bytes)).operations).toEqual([
      {
        line: 2,
        kind: 'payment',
        way: 'card',
        orderNumber: 'A1',
        reference: '',
        operatedOn: '2026-11-22',
        grossKopecks: 1_000_000,
        commissionKopecks: 15_000,
        netKopecks: 985_000,
        payout: '7781',
        paidOn: '2026-11-23',
      },
      {
        line: 3,
        kind: 'refund',
        way: 'sbp',
        orderNumber: 'A2',
        reference: 'R1',
        operatedOn: '2026-11-22',
        grossKopecks: 5000,
        commissionKopecks: -75,
        netKopecks: -4925,
        payout: '7781',
        paidOn: '2026-11-23',
      },
    ])
})

test('another bank writes it in its own way: its columns are a setting', async () => {
  const format = v.parse(
    RegistryFormatText,
    JSON.stringify({
      delimiter: ',',
      columns: {
        kind: 'type',
        orderNumber: 'order',
        operatedOn: 'date',
        gross: 'sum',
        commission: 'fee',
        net: 'net',
        payout: 'no',
        paidOn: 'paid',
      },
      words: { payment: ['SALE'], refund: ['REFUND'] },
      tariff: { card: 150, sbp: 70 },
    }),
  )
  const text =
    'no,type,order,date,sum,fee,net,paid\n"1","sale","A,1",2026-11-22T10:00:00,100.5,1.5,99,2026-11-23\n'
  expect((await read(inUtf8(text), format)).operations).toMatchObject([
    {
      kind: 'payment',
      orderNumber: 'A,1',
      operatedOn: '2026-11-22',
      grossKopecks: 10_050,
      netKopecks: 9900,
      way: null,
    },
  ])
  for (const wrong of ['{', '[]', '{"delimiter":"x"}']) expect(v.is(RegistryFormatText, wrong)).toBe(false)
})

test.each([
  ['an empty file', '', { 'line 1': 'a column for way' }],
  ['no operation', registryText([]), { 'line 2': 'at least one operation' }],
  ['a missing column', usual.replace('Комиссия', 'Секрет'), { 'line 1': 'a column for commission' }],
  ['an unknown kind', usual.replace('Оплата;', 'Секрет;'), { 'line 2': 'kind: a known kind of operation' }],
  ['a sum of letters', usual.replace('10000,00', 'Секрет'), { 'line 2': 'gross: a sum other than zero' }],
  ['no such day', usual.replace('22.11.2026', '32.11.2026'), { 'line 2': 'operatedOn: a day as 23.11.2026' }],
  ['no order', usual.replace('A1', ''), { 'line 2': 'orderNumber: filled' }],
])('%s is refused with its line, and nothing of what stands there', async (_, text, fields) => {
  expect(await faultsOf(text)).toEqual(fields)
})

test('a field in quotes holds the delimiter, quotes and line ends', () => {
  expect(parseCsv('a;"b;""c"""\r\n"d\ne";f\n\n', ';')).toEqual([
    ['a', 'b;"c"'],
    ['d\ne', 'f'],
  ])
})

test('a payout is the line of its sum that names it, or the only one of its sum that names none', () => {
  const line = (id: string, amountKopecks: number, purpose: string, bookedOn = '2026-11-23') => ({
    id,
    amountKopecks,
    purpose,
    bookedOn,
  })
  const payout = { number: '7781', paidOn: '2026-11-23', netKopecks: 100 }
  expect(
    payoutOf(payout, [
      line('a', 100, 'реестр 7782'),
      line('b', 100, 'по реестру N 7781 от'),
      line('c', 100, ''),
    ])?.id,
  ).toBe('b')
  expect(payoutOf(payout, [line('a', 100, 'реестр 7782'), line('c', 100, 'эквайринг')])?.id).toBe('c')
  expect(payoutOf(payout, [line('a', 100, 'эквайринг'), line('c', 100, 'эквайринг')])).toBeUndefined()
  expect(payoutOf(payout, [line('a', 101, 'реестр 7781')])).toBeUndefined()
  expect(payoutOf(payout, [line('a', 100, 'реестр 77811')])).toBeUndefined()
  expect(payoutOf(payout, [line('a', 100, 'реестр 7781', '2027-01-23')])).toBeUndefined()
})
