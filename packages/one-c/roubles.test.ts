import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { exact } from './entity.ts'
import { kopecksOf, mostKopecks, roubles, roublesText } from './roubles.ts'
import { writeEntity } from './write-entity.ts'
import { writeServiceBody } from './write-service-body.ts'

test.each([
  [0, '0.00'],
  [1, '0.01'],
  [-5, '-0.05'],
  [100, '1.00'],
  [1_220_010, '12200.10'],
  [100_000_000, '1000000.00'],
  [Number.MAX_SAFE_INTEGER, '90071992547409.91'],
])('%i kopecks are written as %s', (kopecks, text) => {
  expect(roublesText(kopecks)).toBe(text)
  expect(kopecksOf(text)).toBe(kopecks)
})

test('money goes out as a JSON number with two digits, and comes back as the same kopecks, by number and by text', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  console.log(`seed ${seed}`)
  const kopecks = fc.oneof(
    fc.integer({ min: 0, max: 10 ** 10 }),
    fc.maxSafeNat(),
    fc.integer({ min: 0, max: 10 ** 6 }).map((less) => mostKopecks - less),
  )
  fc.assert(
    fc.property(kopecks, (sum) => {
      const text = writeEntity({ СуммаДокумента: roubles(sum) })
      const asNumber = (JSON.parse(text) as { СуммаДокумента: number }).СуммаДокумента
      const asText = (JSON.parse(writeServiceBody({ amount: roubles(sum) })) as { amount: string }).amount
      const isRead = sum > mostKopecks || kopecksOf(asNumber) === sum
      return isRead && text.includes(`:${asText}}`) && kopecksOf(asText) === sum
    }),
    { seed, numRuns: 5000 },
  )
})

test('what is no sum of money is none, and what is no number of kopecks is never sent', () => {
  for (const wrong of ['', '1,00', '1.001', 'x', null, undefined, {}, Number.NaN, '1e3'])
    expect(kopecksOf(wrong)).toBeUndefined()
  for (const wrong of [0.5, 2 ** 53, Number.NaN]) expect(() => roubles(wrong)).toThrow(RangeError)
})

test('all else is JSON as everybody writes it', () => {
  const rows = [{ Цена: roubles(5), Текст: '"\\\n' }]
  const entity = { Имя: 'О"Хара', Пусто: [], Строки: rows, Ставка: exact('НДС22'), Флаг: true, Число: 3 }
  expect(JSON.parse(writeEntity(entity))).toEqual({
    ...entity,
    Ставка: 'НДС22',
    Строки: [{ Цена: 0.05, Текст: '"\\\n' }],
  } as never)
})
