import { Inn } from '@kontora/validation'
import * as v from 'valibot'
import {
  accountPattern,
  type Fields,
  readAmount,
  readBalance,
  readDay,
  readOptionalBalance,
  readOptionalDay,
} from './read-fields.ts'
import type { AccountSection, Party, StatementDocument } from './statement.ts'

export const readAccount = (fields: Fields): AccountSection => {
  const account = fields.text('расчсчет')
  if (!accountPattern.test(account)) fields.fault('расчсчет', '20 digits')
  const fromDay = readDay(fields, 'датаначала')
  const toDay = fields.text('датаконца') === '' ? fromDay : readDay(fields, 'датаконца')
  if (toDay < fromDay) fields.fault('датаконца', 'a day not before the first')
  return {
    line: fields.line,
    account,
    fromDay,
    toDay,
    openingKopecks: readBalance(fields, 'начальныйостаток'),
    incomeKopecks: readOptionalBalance(fields, 'всегопоступило'),
    outcomeKopecks: readOptionalBalance(fields, 'всегосписано'),
    closingKopecks: readOptionalBalance(fields, 'конечныйостаток'),
  }
}

/** With blanks before it, `0` or nonsense for a foreigner: only one whose control digits are right names a payer. */
const innOf = (text: string): string | null => {
  const inn = v.safeParse(Inn, text.replaceAll(/\s/g, ''))
  return inn.success ? inn.output : null
}

const innInName = /^\s*ИНН\s*(\d{10,12})\s*(?:[/\\,;]?\s*(?:КПП\s*)?\d{9}\s*)?/i

const partyOf = (fields: Fields, side: 'плательщик' | 'получатель'): Party => {
  const whole = fields.text(side)
  const name = fields.text(`${side}1`) || whole.replace(innInName, '').trim()
  return {
    account: fields.text(`${side}счет`) || fields.text(`${side}расчсчет`),
    inn: innOf(fields.text(`${side}инн`)) ?? innOf(innInName.exec(whole)?.[1] ?? ''),
    name: name || null,
    bik: fields.text(`${side}бик`) || null,
  }
}

/** Some banks give the purpose whole, some in six pieces, some both with the whole one cut. */
const purposeOf = (fields: Fields): string => {
  const whole = fields.text('назначениеплатежа')
  const pieces = [1, 2, 3, 4, 5, 6].map((i) => fields.text(`назначениеплатежа${i}`)).filter(Boolean)
  const joined = pieces.join(' ')
  return joined.length > whole.length ? joined : whole
}

export const readDocument = (fields: Fields, section: string): StatementDocument => ({
  line: fields.line,
  section,
  number: fields.text('номер'),
  day: readDay(fields, 'дата'),
  amountKopecks: readAmount(fields, 'сумма'),
  sentDay: readOptionalDay(fields, 'датасписано'),
  receivedDay: readOptionalDay(fields, 'датапоступило'),
  payer: partyOf(fields, 'плательщик'),
  payee: partyOf(fields, 'получатель'),
  payKind: fields.text('видоплаты') || null,
  purpose: purposeOf(fields),
  isTax: /[1-9]/.test(fields.text('показателькбк')),
})
