/** Text as the banks write it; `null` leaves a field out. */
type Fields = Record<string, string | null>

export const ownAccount = '40702810300000000001'
export const payerAccount = '40702810000000000202'

const linesOf = (fields: Fields): string[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]))

export const section = (more: Fields = {}): string[] => [
  'СекцияРасчСчет',
  ...linesOf({
    ДатаНачала: '23.11.2026',
    ДатаКонца: '23.11.2026',
    РасчСчет: ownAccount,
    НачальныйОстаток: '100000.00',
    ВсегоПоступило: '12200.00',
    ВсегоСписано: '0.00',
    КонечныйОстаток: '112200.00',
    ...more,
  }),
  'КонецРасчСчет',
]

export const document = (more: Fields = {}, kind = 'Платежное поручение'): string[] => [
  `СекцияДокумент=${kind}`,
  ...linesOf({
    Номер: '871',
    Дата: '23.11.2026',
    Сумма: '12200.00',
    ПлательщикСчет: payerAccount,
    ПлательщикИНН: '7707083893',
    Плательщик1: 'ООО "Пример"',
    ПолучательСчет: ownAccount,
    ДатаПоступило: '23.11.2026',
    ВидОплаты: '01',
    НазначениеПлатежа: 'Оплата по счету № 2026-000001 от 23.11.2026',
    ...more,
  }),
  'КонецДокумента',
]

export const statementText = (...sections: string[][]): string =>
  [
    '1CClientBankExchange',
    'ВерсияФормата=1.03',
    'Кодировка=Windows',
    'Получатель=Бухгалтерия предприятия, редакция 3.0',
    'ДатаСоздания=23.11.2026',
    'ВремяСоздания=18:05:00',
    'ДатаНачала=23.11.2026',
    'ДатаКонца=23.11.2026',
    `РасчСчет=${ownAccount}`,
    ...sections.flat(),
    'КонецФайла',
  ].join('\r\n')

const pages = { 'windows-1251': new Map<string, number>(), ibm866: new Map<string, number>() }
for (const [name, page] of Object.entries(pages))
  for (let byte = 128; byte < 256; byte++) page.set(new TextDecoder(name).decode(Uint8Array.of(byte)), byte)

/** By the runtime's own tables, apart from ours. */
export const inCodePage = (text: string, page: keyof typeof pages): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (letter) => pages[page].get(letter) ?? letter.charCodeAt(0))

export const inUtf8 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(new TextEncoder().encode(text))
