import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { readRoubles, roubles } from './sums.ts'

const plain = (text: string): string => text.replaceAll(/\s/g, ' ')

test('a sum is shown to the last kopeck, the largest too', () => {
  expect(plain(roubles('ru', Number.MAX_SAFE_INTEGER))).toBe('90 071 992 547 409,91 ₽')
  expect(plain(roubles('ru', 5))).toBe('0,05 ₽')
  expect(roubles('en', 1_220_000)).toContain('12,200.00')
})

test('whatever sum is shown in Russian is read back as the same kopecks', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (kopecks) => {
      expect(readRoubles(roubles('ru', kopecks))).toBe(kopecks)
    }),
  ))

test.each([
  ['1500', 150_000],
  ['1 500,5', 150_050],
  [' 1500.50 ₽ ', 150_050],
  ['0,01', 1],
])('%s is a sum', (text, kopecks) => {
  expect(readRoubles(text)).toBe(kopecks)
})

test.each(['', '0', '0,00', '-5', '1,234', '1e5', '1.000,50', 'сто', '99999999999999,99', '٣'])(
  '%s is none',
  (text) => {
    expect(readRoubles(text)).toBeUndefined()
  },
)
