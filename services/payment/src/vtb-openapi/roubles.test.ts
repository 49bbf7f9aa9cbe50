import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { sumOf } from '../acquirer/sum.ts'
import { kopecksOf, parseExactly, roublesText } from './roubles.ts'

test('kopecks become roubles as text, and come back to the kopeck, whatever the sum', () => {
  expect([1, 10, 99, 100, 1999, 820, 100_000_000].map((sum) => roublesText(sumOf(sum)))).toEqual([
    '0.01',
    '0.10',
    '0.99',
    '1.00',
    '19.99',
    '8.20',
    '1000000.00',
  ])
  const kopecks = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
  fc.assert(
    fc.property(kopecks, (sum) => {
      const { value } = parseExactly(`{"value":${roublesText(sumOf(sum))}}`) as { value: string }
      expect(kopecksOf(value)).toBe(sum)
    }),
  )
})

test('the digits that the bank wrote are read, not the float that they would make', () => {
  expect(parseExactly('[19.99,8.2,90071992547409.91,"1.5",true,null]')).toEqual([
    '19.99',
    '8.2',
    '90071992547409.91',
    '1.5',
    true,
    null,
  ])
  expect(['19.99', '8.2', '8', '8.20', '8.200', '90071992547409.91'].map(kopecksOf)).toEqual([
    1999,
    820,
    800,
    820,
    820,
    Number.MAX_SAFE_INTEGER,
  ])
})

test('parts of a kopeck, less than nothing, exponents and more than we can hold are no sums', () => {
  const wrong = ['0.001', '1.005', '-1', '1e3', '', ' ', 'NaN', '1,5', '90071992547409.92', '123456789012345']
  expect(wrong.map(kopecksOf)).toEqual(wrong.map(() => undefined))
})
