import type { Chance } from './random-words.ts'

type Named = { year: number; count: number; issuedOn: string }

const alike: Record<string, string> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  С: 'C',
  О: 'O',
  Т: 'T',
  Н: 'H',
}
const zeros = (count: number): string => String(count).padStart(6, '0')
const dated = (day: string): string => day.split('-').toReversed().join('.')

/** A few letters typed on the other keyboard. */
const withLatin = ({ isOneIn }: Chance, text: string): string =>
  text.replaceAll(/[аеорсухСОТН]/g, (letter) => (isOneIn(3) ? (alike[letter] ?? letter) : letter))

const numberOf = (chance: Chance, { year, count }: Named): string => {
  const dash = chance.oneOf(['-', '-', '-', '–', '—', ' - ', '/'])
  const full = `${year}${dash}${zeros(count)}`
  return chance.oneOf([
    full,
    full,
    full,
    full,
    full.replaceAll('0', chance.isOneIn(2) ? 'О' : '0'),
    `${year}${dash}${count}`,
    `${year}${zeros(count)}`,
  ])
}

const openings = [
  'Оплата по счету',
  'Оплата по счёту',
  'Опл. сч.',
  'За услуги по счету',
  'по сч',
  'ОПЛАТА ПО СЧЕТУ',
  'Оплата счета',
  'Согласно счета',
  'Оплата по счету на оплату',
  'Предоплата по сч.',
  'По Вашему счету',
  'счет',
]
const signs = ['№', ' № ', ' N ', ' N', ' №№ ', ' ', ' #', '. № ']
const tails = [
  '',
  '. НДС не облагается',
  ', в т.ч. НДС 22% 2200-00',
  '. Без НДС',
  ' за консультационные услуги',
  '. В том числе НДС 22 % - 1803.28 руб.',
  ' по договору № 17/2026 от 01.02.2026',
  ' за ноябрь 2026 г.',
  ', дог. 5-К',
  '. Акт № 12 от 30.10.2026',
]
const others = [
  'Оплата за услуги',
  'Оплата по договору № 17/2026 от 01.02.2026',
  'Консультационные услуги за ноябрь 2026',
  'Перечисление средств',
  'Абонентская плата',
  'Оплата по акту № 12 от 30.10.2026',
  'Доплата',
]

/** How people name an invoice: as many ways as there are people. */
export const naming = (chance: Chance, named: Named): string => {
  const when = chance.isOneIn(2) ? ` от ${dated(named.issuedOn)}${chance.oneOf(['', 'г.', ' г.'])}` : ''
  const text = `${chance.oneOf(openings)}${chance.oneOf(signs)}${numberOf(chance, named)}${when}${chance.oneOf(tails)}`
  return chance.isOneIn(5) ? withLatin(chance, text) : text
}

/** By its bare number: told with its day, or of this year. */
export const namingBarely = (chance: Chance, { count, issuedOn }: Named): string =>
  `${chance.oneOf(openings)}${chance.oneOf([' № ', ' N ', ' №'])}${chance.oneOf([String(count), zeros(count)])} от ${dated(issuedOn)}${chance.oneOf(tails)}`

export const namingSeveral = (chance: Chance, named: Named[]): string =>
  `${chance.oneOf(['Оплата по счетам', 'по сч.', 'Оплата счетов'])} №${chance.oneOf(['', '№'])} ${named
    .map(({ year, count }) => `${year}-${zeros(count)}`)
    .join(chance.oneOf([', ', ' и ', '; ']))}${chance.oneOf(tails)}`

export const namingNone = ({ oneOf }: Chance): string => `${oneOf(others)}${oneOf(tails.slice(0, 6))}`
