import * as v from 'valibot'
import type { Store } from '../../frame/store.ts'
import { roubles, written } from './day.ts'
import type { Registry } from './operations.ts'

const Kopecks = v.pipe(v.number(), v.safeInteger(), v.minValue(1))
const Line = v.pipe(v.string(), v.maxLength(500))
const Digits = v.pipe(v.string(), v.regex(/^\d{20}$/))
const Day = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/))

/** What somebody pays to the merchant's account, or the merchant from it, past all acquiring. */
export const PlantedTransfer = v.strictObject({
  direction: v.optional(v.picklist(['in', 'out']), 'in'),
  amount: Kopecks,
  purpose: Line,
  day: v.optional(Day),
  number: v.optional(Line),
  partyName: v.optional(Line, 'ООО "Плательщик"'),
  partyInn: v.optional(Line, ''),
  partyAccount: v.optional(Digits, '40702810000000000202'),
})
export type PlantedTransfer = v.InferOutput<typeof PlantedTransfer>

/** One line of the merchant's account. */
export type AccountLine = {
  direction: 'in' | 'out'
  section: string
  payKind: string
  number: string
  day: string
  amountKopecks: number
  partyName: string
  partyInn: string
  partyAccount: string
  purpose: string
}

export const prepareAccount = (store: Store): void =>
  void store.run(
    'create table if not exists account_lines (seq integer primary key autoincrement, day text not null, details text not null)',
  )

export const plantTransfer = (
  store: Store,
  { amount, ...planted }: PlantedTransfer & { day: string },
): void => {
  const [row] = store.query<{ count: number }, []>('select count(*) as count from account_lines').all()
  const line: AccountLine = {
    section: 'Платежное поручение',
    payKind: '01',
    amountKopecks: amount,
    ...planted,
    number: planted.number ?? String((row?.count ?? 0) + 1),
  }
  store.run('insert into account_lines (day, details) values (?, ?)', [line.day, JSON.stringify(line)])
}

const planted = (store: Store): AccountLine[] =>
  store
    .query<{ details: string }, []>('select details from account_lines order by day, seq')
    .all()
    .map(({ details }) => JSON.parse(details) as AccountLine)

/** The bank pays what it took less what it gave back and keeps; where that is below zero it takes it from the account. */
const payoutLine = ({ number, day, paidOn, operations, ...sums }: Registry): AccountLine => ({
  direction: sums.netKopecks > 0 ? 'in' : 'out',
  section: 'Банковский ордер',
  payKind: '17',
  number,
  day: paidOn,
  amountKopecks: Math.abs(sums.netKopecks),
  partyName: 'БАНК ВТБ (ПАО)',
  partyInn: '7702070139',
  partyAccount: '30232810000000000505',
  purpose: `Возмещение по операциям эквайринга за ${written(day)}, реестр ${number}, операций ${operations.length} на сумму ${roubles(sums.grossKopecks)}, комиссия ${roubles(sums.commissionKopecks)}, НДС не облагается`,
})

/** All that stands on the account up to a day, that day included. */
export const accountLines = (store: Store, registries: Registry[], day: string): AccountLine[] =>
  [...planted(store), ...registries.filter(({ netKopecks }) => netKopecks !== 0).map(payoutLine)].filter(
    (line) => line.day <= day,
  )
