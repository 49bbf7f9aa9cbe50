import type { AccountLine } from './account-lines.ts'
import { roubles, written } from './day.ts'

export type StatementOf = {
  account: string
  day: string
  openingKopecks: number
  lines: AccountLine[]
  madeAt: Date
}

const fields = (pairs: Record<string, string>): string[] =>
  Object.entries(pairs).map(([name, value]) => `${name}=${value}`)

const total = (lines: AccountLine[], direction: 'in' | 'out'): number =>
  lines.filter((line) => line.direction === direction).reduce((sum, line) => sum + line.amountKopecks, 0)

const documentOf = (account: string, line: AccountLine): string[] => {
  const isIncome = line.direction === 'in'
  const party = isIncome ? 'Плательщик' : 'Получатель'
  const own = isIncome ? 'Получатель' : 'Плательщик'
  return [
    `СекцияДокумент=${line.section}`,
    ...fields({
      Номер: line.number,
      Дата: written(line.day),
      Сумма: roubles(line.amountKopecks),
      [`${party}Счет`]: line.partyAccount,
      [`${party}ИНН`]: line.partyInn,
      [party]: `ИНН ${line.partyInn} ${line.partyName}`,
      [`${party}1`]: line.partyName,
      [`${own}Счет`]: account,
      [isIncome ? 'ДатаПоступило' : 'ДатаСписано']: written(line.day),
      ВидОплаты: line.payKind,
      Очередность: '5',
      НазначениеПлатежа: line.purpose,
    }),
    'КонецДокумента',
  ]
}

/** `1CClientBankExchange` 1.03 of one day, as a bank gives it to 1С. */
export const writeStatement = ({ account, day, openingKopecks, lines, madeAt }: StatementOf): string => {
  const [income, outcome] = [total(lines, 'in'), total(lines, 'out')]
  const made = new Date(madeAt.getTime() + 3 * 3_600_000).toISOString()
  const period = { ДатаНачала: written(day), ДатаКонца: written(day), РасчСчет: account }
  return [
    '1CClientBankExchange',
    ...fields({
      ВерсияФормата: '1.03',
      Кодировка: 'Windows',
      Отправитель: 'Банк-Клиент',
      Получатель: 'Бухгалтерия предприятия, редакция 3.0',
      ДатаСоздания: written(made.slice(0, 10)),
      ВремяСоздания: made.slice(11, 19),
      ...period,
    }),
    'СекцияРасчСчет',
    ...fields({
      ...period,
      НачальныйОстаток: roubles(openingKopecks),
      ВсегоПоступило: roubles(income),
      ВсегоСписано: roubles(outcome),
      КонечныйОстаток: roubles(openingKopecks + income - outcome),
    }),
    'КонецРасчСчет',
    ...lines.flatMap((line) => documentOf(account, line)),
    'КонецФайла',
    '',
  ].join('\r\n')
}

const questionMark = 63
const codes = new Uint8Array(65_536).fill(questionMark)
for (let byte = 0; byte < 256; byte++)
  codes[new TextDecoder('windows-1251').decode(Uint8Array.of(byte)).charCodeAt(0)] = byte

/** What the code page does not have becomes a question mark, as banks' programs do it. */
export const inWindows1251 = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = codes[text.charCodeAt(i)] ?? questionMark
  return bytes
}
