import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { daysOf } from './days-of-statement.ts'
import { linesOf } from './lines-of-statement.ts'
import { createStatementParser, parseStatement } from './parse-statement.ts'
import { StatementFaults } from './statement.ts'
import {
  document,
  inCodePage,
  inUtf8,
  ownAccount,
  payerAccount,
  section,
  statementText,
} from './testing-file.node.ts'

const day = '2026-11-23'
const usual = statementText(section(), document())
const read = (text: string) => {
  const statement = parseStatement(inUtf8(text))
  const lines = linesOf(statement)
  return { statement, lines, days: daysOf(statement, lines) }
}
const faultsOf = (text: string | Uint8Array) => {
  try {
    const statement = parseStatement(typeof text === 'string' ? inUtf8(text) : text)
    daysOf(statement, linesOf(statement))
  } catch (error) {
    if (error instanceof StatementFaults) return error.faults
    throw error
  }
  return []
}

test('a document is read with its days, its sum in kopecks and its other side', () => {
  const { lines, days } = read(usual)
  expect(lines).toEqual([
    {
      line: 19,
      account: ownAccount,
      direction: 'in',
      bookedOn: day,
      section: 'Платежное поручение',
      number: '871',
      day,
      amountKopecks: 1_220_000,
      party: { account: payerAccount, inn: '7707083893', name: 'ООО "Пример"', bik: null },
      payKind: '01',
      purpose: 'Оплата по счету № 2026-000001 от 23.11.2026',
      isTax: false,
    },
  ])
  expect(days).toEqual([
    {
      account: ownAccount,
      day,
      openingKopecks: 10_000_000,
      incomeKopecks: 1_220_000,
      outcomeKopecks: 0,
      closingKopecks: 11_220_000,
    },
  ])
})

test.each([
  ['windows-1251', inCodePage(usual, 'windows-1251'), 'cp1251'],
  ['DOS', inCodePage(usual.replace('=Windows', '=DOS'), 'ibm866'), 'cp866'],
  ['DOS that calls itself Windows', inCodePage(usual, 'ibm866'), 'cp866'],
  ['UTF-8', inUtf8(usual), 'utf-8'],
  ['UTF-8 with a byte order mark', inUtf8(`\ufeff${usual}`), 'utf-8'],
])('a file in %s says the same', (_, bytes, encoding) => {
  const statement = parseStatement(bytes)
  expect(statement.encoding).toBe(encoding)
  expect(linesOf(statement)).toEqual(read(usual).lines)
})

test('all letters of both code pages are those that the runtime knows', () => {
  for (const [name, page] of [
    ['windows-1251', 'cp1251'],
    ['ibm866', 'cp866'],
  ] as const) {
    const letters = Array.from({ length: 128 }, (_, i) =>
      new TextDecoder(name).decode(Uint8Array.of(i + 128)),
    ).join('')
    const text = usual.replace('№', letters.replaceAll(/[\u0080-\u009f]/g, ''))
    const [line] = linesOf(parseStatement(inCodePage(text, name)))
    expect([page, line?.purpose]).toEqual([page, read(text).lines[0]?.purpose as string])
  }
})

test.each([
  ['LF', usual.replaceAll('\r\n', '\n')],
  ['CR alone', usual.replaceAll('\r\n', '\r')],
  ['blanks at the ends', usual.replaceAll('\r\n', '  \r\n ')],
  ['empty lines', usual.replaceAll('\r\n', '\r\n\r\n')],
  [
    'keys in other cases',
    usual.replace('ПлательщикИНН', 'плательщикинн').replace('СекцияДокумент', 'СЕКЦИЯДОКУМЕНТ'),
  ],
  [
    'Latin look-alikes in its words',
    usual
      .replace('ПлательщикИНН', 'ПлaтельщикИHH')
      .replace('КонецДокумента', 'Kонец Докумeнтa')
      .replace('1C', '1С'),
  ],
  ['unknown fields', usual.replace('Номер=', 'НовоеПоле=1=2\r\nНомер=')],
  ['something behind its end', `${usual}\r\nhello`],
])('%s change nothing', (_, text) => {
  expect(read(text).lines.map(({ line: _line, ...rest }) => rest)).toEqual(
    read(usual).lines.map(({ line: _line, ...rest }) => rest),
  )
})

test('cut into any pieces the file says the same', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  const files = [inUtf8(usual), inCodePage(usual, 'windows-1251')]
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.array(fc.integer({ min: 600, max: 1200 }), { maxLength: 8 }),
      (bytes, cuts) => {
        const parser = createStatementParser()
        let from = 0
        for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
          if (cut > from) parser.push(bytes.subarray(from, cut))
          from = Math.max(from, cut)
        }
        expect(linesOf(parser.end())).toEqual(read(usual).lines)
      },
    ),
    { seed },
  )
})

test.each([
  ['both days', {}, 'in'],
  ['neither day', { ДатаПоступило: null }, 'in'],
  ['an empty day', { ДатаПоступило: '' }, 'in'],
  ['the account in the other field', { ПолучательСчет: '', ПолучательРасчСчет: ownAccount }, 'in'],
  [
    'our account as payer',
    {
      ПлательщикСчет: ownAccount,
      ПолучательСчет: payerAccount,
      ДатаПоступило: null,
      ДатаСписано: '23.11.2026',
    },
    'out',
  ],
  [
    'our account as payer, the day of the payee',
    { ПлательщикСчет: ownAccount, ПолучательСчет: payerAccount },
    'out',
  ],
  ['a foreign account without digits', { ПлательщикСчет: '006780000008' }, 'in'],
])('the side is told by our account: %s', (_, more, direction) => {
  const income =
    direction === 'in'
      ? { ВсегоПоступило: '12200.00', ВсегоСписано: '0' }
      : { ВсегоПоступило: '0', ВсегоСписано: '12200.00' }
  const closing = direction === 'in' ? '112200.00' : '87800.00'
  const { lines } = read(statementText(section({ ...income, КонечныйОстаток: closing }), document(more)))
  expect(lines.map((line) => line.direction)).toEqual([direction as 'in'])
})

test('between two own accounts a document stands on both, or on the one whose day it has', () => {
  const other = '40702810600000000002'
  const between = { ПлательщикСчет: other, ДатаСписано: '23.11.2026' }
  const second = section({
    РасчСчет: other,
    ВсегоПоступило: '0',
    ВсегоСписано: '12200.00',
    КонечныйОстаток: '87800.00',
  })
  const whole = read(statementText(section(), second, document(between)))
  expect(whole.lines.map(({ account, direction }) => [account, direction])).toEqual([
    [other, 'out'],
    [ownAccount, 'in'],
  ])
  const each = read(
    statementText(
      section(),
      second,
      document({ ...between, ДатаПоступило: null }),
      document({ ...between, ДатаСписано: null }),
    ),
  )
  expect(each.lines.map(({ direction }) => direction)).toEqual(['out', 'in'])
})

test('balances by the day and for the month agree, and a section that stands twice is one', () => {
  const second = { Дата: '24.11.2026', ДатаПоступило: '24.11.2026', Номер: '872' }
  const month = section({ ДатаКонца: '24.11.2026', ВсегоПоступило: '24400.00', КонечныйОстаток: '124400.00' })
  const tomorrow = section({
    ДатаНачала: '24.11.2026',
    ДатаКонца: '24.11.2026',
    НачальныйОстаток: '112200.00',
    КонечныйОстаток: '124400.00',
  })
  const { days } = read(statementText(month, section(), section(), tomorrow, document(), document(second)))
  expect(days.map(({ day, closingKopecks }) => [day, closingKopecks])).toEqual([
    ['2026-11-23', 11_220_000],
    ['2026-11-24', 12_440_000],
  ])
})

test('without its totals a section is what its documents come to', () => {
  const bare = section({ ДатаКонца: null, ВсегоПоступило: null, ВсегоСписано: null, КонечныйОстаток: null })
  expect(read(statementText(bare, document())).days[0]?.closingKopecks).toBe(11_220_000)
})

test.each([
  [
    'a name with the ИНН before it',
    { Плательщик1: null, ПлательщикИНН: null, Плательщик: 'ИНН 7707083893 ООО "Пример"' },
    '7707083893',
    'ООО "Пример"',
  ],
  ['an ИНН with blanks before it', { ПлательщикИНН: '  7707083893' }, '7707083893', 'ООО "Пример"'],
  ['a zero for a foreigner', { ПлательщикИНН: '0' }, null, 'ООО "Пример"'],
  ['wrong control digits', { ПлательщикИНН: '7707083890' }, null, 'ООО "Пример"'],
])('who paid is read from %s', (_, more, inn, name) => {
  expect(read(statementText(section(), document(more))).lines[0]?.party).toMatchObject({ inn, name })
})

test('a purpose in pieces is joined, a broken one goes on, one with an equals sign is whole', () => {
  const purposeOf = (more: Record<string, string | null>) =>
    read(statementText(section(), document(more))).lines[0]?.purpose as string
  expect(
    purposeOf({ НазначениеПлатежа: null, НазначениеПлатежа1: 'Оплата по', НазначениеПлатежа2: 'счету 1' }),
  ).toBe('Оплата по счету 1')
  expect(purposeOf({ НазначениеПлатежа: 'Оплата по\r\nсчету 1' })).toBe('Оплата по счету 1')
  expect(purposeOf({ НазначениеПлатежа: 'a=b=c' })).toBe('a=b=c')
})

test.each([
  ['12200.00', 1_220_000],
  ['12200', 1_220_000],
  ['12200,5', 1_220_050],
  ['12 200.00', 1_220_000],
  ['90071992547409.91', Number.MAX_SAFE_INTEGER],
])('the sum %s is exact', (sum, kopecks) => {
  const bare = section({ НачальныйОстаток: '0', ВсегоПоступило: null, КонечныйОстаток: null })
  expect(read(statementText(bare, document({ Сумма: sum }))).lines[0]?.amountKopecks).toBe(kopecks)
})

test.each([
  ['an empty file', '', 0, '1CClientBankExchange'],
  ['another file', 'hello', 1, '1CClientBankExchange'],
  ['bytes of nothing', Uint8Array.of(0, 255, 254, 13, 10), 1, '1CClientBankExchange'],
  ['a file that was cut off', usual.slice(0, -12), 30, 'КонецФайла: the file was cut off'],
  [
    'a document that does not end',
    usual.replace('КонецДокумента\r\n', ''),
    30,
    'КонецДокумента before КонецФайла',
  ],
  [
    'an account that does not end',
    usual.replace('КонецРасчСчет\r\n', ''),
    18,
    'КонецРасчСчет before another section',
  ],
  [
    'a field outside',
    usual.replace('КонецРасчСчет', 'КонецРасчСчет\r\nСекрет=1'),
    19,
    'a section or КонецФайла',
  ],
  [
    'an end without a begin',
    usual.replace('СекцияДокумент=Платежное поручение', 'КонецДокумента'),
    19,
    'the end of the section that was begun',
  ],
  ['a line that says nothing', usual.replace('Номер=871', 'Секрет'), 20, 'a field, a section or its end'],
  [
    'no sum',
    usual.replace('Сумма=12200.00', 'Сумма='),
    22,
    'сумма: a sum in roubles with a dot before the kopecks',
  ],
  ['a sum below zero', usual.replace('Сумма=', 'Сумма=-'), 22, 'сумма: a sum above zero'],
  [
    'parts of a kopeck',
    usual.replace('Сумма=12200.00', 'Сумма=12200.001'),
    22,
    'сумма: a sum in roubles with a dot before the kopecks',
  ],
  [
    'more than can be counted',
    usual.replace('Сумма=12200.00', 'Сумма=90071992547409.92'),
    22,
    'сумма: a sum in roubles with a dot before the kopecks',
  ],
  ['no such day', usual.replace('Дата=23.11.2026', 'Дата=31.02.2026'), 21, 'дата: a day as 23.11.2026'],
  [
    'two sums',
    usual.replace('Сумма=12200.00', 'Сумма=12200.00\r\nСумма=1.00'),
    23,
    'one value for each field of a section',
  ],
  [
    'no account of ours',
    usual.replace(
      `ПолучательСчет=${ownAccount}`,
      'ПолучательСчет=40702810000000000909\r\nДатаСписано=23.11.2026',
    ),
    19,
    'an account of this statement on one side',
  ],
  [
    'another income',
    usual.replace('ВсегоПоступило=12200.00', 'ВсегоПоступило=12200.01'),
    10,
    'ВсегоПоступило as the documents of the account come to',
  ],
  [
    'another outcome',
    usual.replace('ВсегоСписано=0.00', 'ВсегоСписано=0.01'),
    10,
    'ВсегоСписано as the documents of the account come to',
  ],
  [
    'another closing balance',
    usual.replace('=112200.00', '=112200.01'),
    10,
    'КонечныйОстаток as the documents of the account come to',
  ],
  [
    'a document of another day',
    usual.replace('ДатаПоступило=23', 'ДатаПоступило=24'),
    19,
    'a day within the days of its account',
  ],
  [
    'an account of other digits',
    usual.replaceAll(`РасчСчет=${ownAccount}`, 'РасчСчет=4070'),
    9,
    'расчсчет: 20 digits',
  ],
  ['no balances', statementText(document()), 1, 'СекцияРасчСчет for each account'],
])(
  '%s is refused with its line and what should stand there, and nothing of what stands there',
  (_, text, line, expected) => {
    const faults = faultsOf(text)
    expect(faults).toContainEqual({ line, expected })
    expect(JSON.stringify(faults)).not.toMatch(/Секрет|Пример|40702/)
  },
)

test('a file of nonsense ends early', () => {
  const wrong = Array.from({ length: 1000 }, () => document({ Сумма: 'x' }))
  expect(faultsOf(statementText(section(), ...wrong)).length).toBe(20)
})
