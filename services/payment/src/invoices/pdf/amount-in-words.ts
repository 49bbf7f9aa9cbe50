/** One of, two of, five of: as Russian counts. */
type Forms = readonly [one: string, few: string, many: string]

const roubles: Forms = ['рубль', 'рубля', 'рублей']
const kopecks: Forms = ['копейка', 'копейки', 'копеек']
const classes: { forms: Forms; isFeminine: boolean }[] = [
  { forms: ['', '', ''], isFeminine: false },
  { forms: ['тысяча', 'тысячи', 'тысяч'], isFeminine: true },
  { forms: ['миллион', 'миллиона', 'миллионов'], isFeminine: false },
  { forms: ['миллиард', 'миллиарда', 'миллиардов'], isFeminine: false },
  { forms: ['триллион', 'триллиона', 'триллионов'], isFeminine: false },
]

const split = (words: string): string[] => words.split(' ')
const small = split(
  ' один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать',
)
const tens = split('  двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто')
const hundreds = split(' сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот')
const feminine: Record<number, string> = { 1: 'одна', 2: 'две' }

/**
 * «Двенадцать тысяч триста рублей 05 копеек»: roubles in words, kopecks in two digits, as banks and accountants write a sum.
 * Takes whole kopecks from 0 to 9 007 199 254 740 991.
 */
export const amountInWords = (amountKopecks: number): string => {
  const rest = amountKopecks % 100
  const whole = (amountKopecks - rest) / 100
  const text = `${cardinal(whole)} ${formOf(whole % 1000, roubles)} ${String(rest).padStart(2, '0')} ${formOf(rest, kopecks)}`
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const cardinal = (count: number): string => {
  if (count === 0) return 'ноль'
  const words: string[] = []
  let left = count
  for (const { forms, isFeminine } of classes) {
    const group = left % 1000
    left = (left - group) / 1000
    if (group > 0) words.unshift(...below1000(group, isFeminine), formOf(group, forms))
  }
  return words.filter(Boolean).join(' ')
}

const below1000 = (group: number, isFeminine: boolean): string[] => {
  const underHundred = group % 100
  const unit = underHundred < 20 ? underHundred : underHundred % 10
  return [
    hundreds[Math.floor(group / 100)] ?? '',
    underHundred < 20 ? '' : (tens[Math.floor(underHundred / 10)] ?? ''),
    (isFeminine && feminine[unit]) || (small[unit] ?? ''),
  ]
}

const formOf = (count: number, [one, few, many]: Forms): string => {
  const [lastTwo, last] = [count % 100, count % 10]
  if (lastTwo > 10 && lastTwo < 20) return many
  if (last === 1) return one
  return last > 1 && last < 5 ? few : many
}
