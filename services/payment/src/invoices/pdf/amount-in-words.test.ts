import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { amountInWords } from './amount-in-words.ts'

test.each([
  [0, 'Ноль рублей 00 копеек'],
  [1, 'Ноль рублей 01 копейка'],
  [112, 'Один рубль 12 копеек'],
  [222, 'Два рубля 22 копейки'],
  [1_100, 'Одиннадцать рублей 00 копеек'],
  [2_100, 'Двадцать один рубль 00 копеек'],
  [11_400, 'Сто четырнадцать рублей 00 копеек'],
  [100_000, 'Одна тысяча рублей 00 копеек'],
  [200_203, 'Две тысячи два рубля 03 копейки'],
  [1_234_567, 'Двенадцать тысяч триста сорок пять рублей 67 копеек'],
  [2_100_001, 'Двадцать одна тысяча рублей 01 копейка'],
  [100_000_000, 'Один миллион рублей 00 копеек'],
  [100_000_100, 'Один миллион один рубль 00 копеек'],
  [1_200_000_000_00, 'Один миллиард двести миллионов рублей 00 копеек'],
  [
    Number.MAX_SAFE_INTEGER,
    'Девяносто триллионов семьдесят один миллиард девятьсот девяносто два миллиона пятьсот сорок семь тысяч четыреста девять рублей 91 копейка',
  ],
])('%i kopecks in words', (amountKopecks, words) => {
  expect(amountInWords(amountKopecks)).toBe(words)
})

const values = new Map(
  [
    'ноль один|одна два|две три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать',
    'двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто',
    'двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот',
  ].flatMap((line, i) =>
    line
      .split(' ')
      .flatMap((words, k) =>
        words.split('|').map((word) => [word, [k, 20 + 10 * k, 200 + 100 * k][i] ?? 0] as const),
      ),
  ),
)
const scales: [RegExp, bigint][] = [
  [/^тысяч/, 1_000n],
  [/^миллион/, 1_000_000n],
  [/^миллиард/, 1_000_000_000n],
  [/^триллион/, 1_000_000_000_000n],
]

/** Reads the words again, knowing nothing of how they were made. */
const readWords = (text: string): bigint => {
  const [whole = '', digits = ''] = text.toLowerCase().split(/ рубл[а-яё]+ /)
  let [total, group] = [0n, 0n]
  for (const word of whole.split(' ')) {
    const scale = scales.find(([name]) => name.test(word))?.[1]
    if (scale === undefined) group += BigInt(values.get(word)!)
    else [total, group] = [total + group * scale, 0n]
  }
  return (total + group) * 100n + BigInt(digits.slice(0, 2))
}

test('the words of any sum say that sum', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  const sums = fc.oneof(
    fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    fc.integer({ min: 0, max: 10_000_000 }),
    fc.integer({ min: 0, max: 90_071_992 }).map((millions) => millions * 100_000_000),
  )
  fc.assert(
    fc.property(sums, (sum) => readWords(amountInWords(sum)) === BigInt(sum)),
    { seed, numRuns: 3000 },
  )
})
