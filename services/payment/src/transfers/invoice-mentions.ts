import { inLatin } from '../statements/text-file/look-alikes.ts'

/** An invoice as a payer names it: the year is missing where he wrote the bare number, the day where he told none. */
export type Mention = { year: number | null; count: number; issuedOn: string | null }

const word = (text: string): string => inLatin(text.toUpperCase())
const any = (...words: string[]): string => words.map(word).join('|')

const months = [
  'ЯНВАР',
  'ФЕВРАЛ',
  'МАРТ',
  'АПРЕЛ',
  'МА[ЙЯ]',
  'ИЮН',
  'ИЮЛ',
  'АВГУСТ',
  'СЕНТЯБР',
  'ОКТЯБР',
  'НОЯБР',
  'ДЕКАБР',
].map((month) => new RegExp(`^${word(month)}`))

const dashes = /[‐‑‒–—−_]/g
/** A run of digits in which somebody typed a letter for one: O for 0, З for 3, l for 1. */
const digitRun = /[0-9OЗIL|][0-9OЗIL|\-/]{4,}[0-9OЗIL|]/g
/** The same where blanks stand around the dash, so that its year is too short to be told by itself. */
const spacedRun = /(?<![0-9OЗIL|])[0-9OЗIL|]{2,4} ?[-/] ?[0-9OЗIL|]{1,9}(?![0-9A-ZА-Я])/g
const asDigits = (run: string): string =>
  (run.match(/\d/g) ?? []).length < 4
    ? run
    : run.replaceAll(/O/g, '0').replaceAll(/З/g, '3').replaceAll(/[IL|]/g, '1')

/** One alphabet, one kind of dash, capitals, single blanks: what people and banks write differently is alike here. */
export const normalPurpose = (purpose: string): string =>
  inLatin(purpose.toUpperCase().replaceAll('Ё', 'Е'))
    .replaceAll(dashes, '-')
    .replaceAll(/[\s\u00a0]+/g, ' ')
    .replaceAll(digitRun, asDigits)
    .replaceAll(spacedRun, asDigits)

/** «счёт», «сч.», «счетам», invoice; not «счёт-фактура», which has a number of its own, nor «р/сч». */
const opening = new RegExp(
  `(?<![/\\p{L}])(?:${word('СЧЕТ')}(?:${any('А', 'У', 'ОМ', 'АМ', 'ОВ', 'Е')})?|${word('СЧ')}|${word('СЧТ')}|INVOICE|INV)(?![\\p{L}])(?!\\s?-?\\s?${word('Ф')})`,
  'gu',
)
/** What may stand between that word and the number, or between two numbers. */
const filler = new RegExp(
  `[\\s.:,;#№"«»()*&+-]|${any('НА ОПЛАТУ', 'ДЛЯ ОПЛАТЫ', 'НОМЕР', 'НОМЕРА')}|N[O0]?(?=[\\s.:№\\d-])|${word('И')}(?=\\s)`,
  'uy',
)
/** Letters that stand before a number as its prefix. */
const prefix = '(?:\\p{L}{1,8}[-\\s]?)?'
const noMore = '(?![\\d])(?![.,/]\\d)(?!-\\d)'
const whole = new RegExp(`${prefix}(20\\d\\d)\\s?[-/\\\\]\\s?0*(\\d{1,9})${noMore}`, 'uy')
const glued = new RegExp(`${prefix}(20\\d\\d)\\s?(\\d{6})${noMore}`, 'uy')
const shortYear = new RegExp(`${prefix}(\\d\\d)[-/](\\d{6})${noMore}`, 'uy')
const bare = new RegExp(
  `(?:\\p{L}{1,4}-)?0*([1-9]\\d{0,6})${noMore}(?!\\s?(?:%|₽|${any('РУБ', 'ШТ', 'Р\\.')}))`,
  'uy',
)
const day = new RegExp(
  `${word('ОТ')}\\s*(\\d\\d?)[./-](\\d\\d?)[./-](20\\d\\d|\\d\\d)(?!\\d)(?:\\s?${word('Г')}\\.?)?`,
  'uy',
)
const dayInWords = new RegExp(
  `${word('ОТ')}\\s*"?(\\d\\d?)"?\\s+(\\p{L}+)\\s+(20\\d\\d)(?:\\s?${word('Г')}\\.?)?`,
  'uy',
)

/** As we print it, with all its zeros, it needs no word before it. */
const printed = /(?<![\d.-])(?<!\d\s)(20\d\d)\s?[-/]\s?(\d{6,9})(?!\d)(?![.-]\d)/gu

type Scan = { text: string; at: number }

const take = (scan: Scan, pattern: RegExp): RegExpExecArray | undefined => {
  pattern.lastIndex = scan.at
  const found = pattern.exec(scan.text)
  if (!found) return undefined
  scan.at = pattern.lastIndex
  return found
}

const written = (year: string, month: number, dayOfMonth: string): string =>
  `${year.length === 2 ? `20${year}` : year}-${String(month).padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`

const takeDay = (scan: Scan): string | undefined => {
  const [, inDigits, month, year] = take(scan, day) ?? []
  if (inDigits && month && year) return written(year, Number(month), inDigits)
  const [, inWords, name = '', ofYear] = take(scan, dayInWords) ?? []
  const index = months.findIndex((one) => one.test(name))
  return inWords && ofYear && index >= 0 ? written(ofYear, index + 1, inWords) : undefined
}

const takeNumber = (scan: Scan): Mention | undefined => {
  const full = take(scan, whole) ?? take(scan, glued)
  if (full) return { year: Number(full[1]), count: Number(full[2]), issuedOn: null }
  const short = take(scan, shortYear)
  if (short) return { year: 2000 + Number(short[1]), count: Number(short[2]), issuedOn: null }
  const number = take(scan, bare)
  return number && { year: null, count: Number(number[1]), issuedOn: null }
}

const skipFiller = (scan: Scan): void => {
  while (take(scan, filler));
}

/** A day told behind a list of numbers is that of the last alone; one told before the number is that of the number. */
const scanList = (text: string, at: number): Mention[] => {
  const scan = { text, at }
  const found: Mention[] = []
  skipFiller(scan)
  const before = takeDay(scan) ?? null
  for (;;) {
    skipFiller(scan)
    const number = takeNumber(scan)
    const last = found.at(-1)
    const issuedOn = number ? undefined : takeDay(scan)
    if (number) found.push(last ? number : { ...number, issuedOn: before })
    else if (issuedOn && last && !last.issuedOn) found[found.length - 1] = { ...last, issuedOn }
    else return found
  }
}

const isSame = (one: Mention, other: Mention): boolean =>
  one.count === other.count && (one.year ?? other.year) === (other.year ?? one.year)

/** The more that is known of a mention, the earlier it comes, so that a poorer repeat of it falls out. */
const knownness = ({ year, issuedOn }: Mention): number => (year ? 2 : 0) + (issuedOn ? 1 : 0)

/** Every invoice that a purpose names, in whatever way people write its number; each once. */
export const mentionsIn = (purpose: string): Mention[] => {
  const text = normalPurpose(purpose)
  const found: Mention[] = []
  for (const opened of text.matchAll(opening)) found.push(...scanList(text, opened.index + opened[0].length))
  for (const [, year, count] of text.matchAll(printed))
    found.push({ year: Number(year), count: Number(count), issuedOn: null })
  return found
    .filter(({ count }) => count > 0 && count <= 2_147_483_647)
    .toSorted((one, other) => knownness(other) - knownness(one))
    .filter((one, i, all) => !all.slice(0, i).some((richer) => isSame(one, richer)))
}

/** ИНН of somebody for whom the payer pays: «за ООО Ромашка ИНН 7736050003». */
export const innsIn = (purpose: string): string[] =>
  Array.from(
    normalPurpose(purpose).matchAll(new RegExp(`${word('ИНН')}\\D{0,3}(\\d{12}|\\d{10})(?!\\d)`, 'gu')),
    ([, inn = '']) => inn,
  )
