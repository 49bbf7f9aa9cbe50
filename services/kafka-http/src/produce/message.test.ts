import { expect, test } from 'bun:test'
import fc from 'fast-check'
import * as v from 'valibot'
import { AnyMessage, AnyMessageOrTombstone, isLarger, isMessage } from './message.ts'

const odd = [
  undefined,
  null,
  0,
  -1,
  0.5,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 53,
  1e300,
  '',
  'a b',
  '\u0000',
  '\ud800',
  true,
  [],
  {},
]
const anything = fc.constantFrom<unknown>(...odd)
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'k', '\ud83d\ude00'))
const often = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ arbitrary: value, weight: 6 }, { arbitrary: anything, weight: 1 })
const header = often(
  fc.record({ key: often(text), value: often(text), more: anything }, { requiredKeys: [] }),
)
const message = often(
  fc.record(
    {
      topic: often(fc.constantFrom('red', 'a.b_c-d', 'x'.repeat(249), 'x'.repeat(250), 'ж')),
      partition: often(fc.nat()),
      timestamp: often(fc.nat()),
      key: often(text),
      value: often(text),
      headers: often(fc.array(header, { maxLength: 3 })),
      more: anything,
    },
    { requiredKeys: ['topic', 'value'] },
  ),
)

test('the quick check and the schema agree about every message, with tombstones and without', () => {
  let right = 0
  fc.assert(
    fc.property(message, fc.boolean(), (given, tombstones) => {
      // As it comes from JSON: nothing is undefined there.
      const one: unknown = JSON.parse(JSON.stringify({ given })).given
      const schema = tombstones ? AnyMessageOrTombstone : AnyMessage
      const quick = isMessage(one, tombstones)
      expect(quick).toBe(v.is(schema, one))
      if (quick) right++
    }),
    { numRuns: 3000 },
  )
  expect(right).toBeGreaterThan(300)
})

test('the size of a message is that of its bytes, key and headers included', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme' }),
      fc.nat(60),
      (key, value, most) => {
        const bytes = Buffer.byteLength(`${key}${value}hж`)
        const given = { topic: 'red', key, value, headers: [{ key: 'h', value: 'ж' }] }
        expect(isLarger(given, most)).toBe(bytes > most)
      },
    ),
  )
})
