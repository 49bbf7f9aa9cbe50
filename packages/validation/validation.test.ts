import { expect, test } from 'bun:test'
import fc from 'fast-check'
import * as v from 'valibot'
import {
  bankNumber,
  DateOnly,
  Email,
  Id,
  Inn,
  Instant,
  isAccountOf,
  isCorrespondentAccountOf,
  Kopecks,
  Name,
  Ogrn,
  Text,
  uuidv7,
  WebhookSecret,
} from './index.ts'

const accepts = (schema: v.GenericSchema<unknown, unknown>, value: unknown) =>
  v.safeParse(schema, value).success

test('an address has one canonical form', () => {
  expect(v.parse(Email, ' Anna.K@Пример.РФ ')).toBe('anna.k@xn--e1afmkfd.xn--p1ai')
  expect(v.parse(Email, 'a+b@EXAMPLE.org')).toBe('a+b@example.org')
})

test('what a mailer could read as two addresses is no address', () => {
  for (const text of [
    'a@b.ru, c@d.ru',
    'a@b.ru\r\nBcc: c@d.ru',
    '"a@b"@c.ru',
    '@b.ru',
    'a@b',
    'a..b@c.ru',
    'a@b.ru/x',
    'a@1.2.3.4',
    'a@[::1]',
  ])
    expect(accepts(Email, text)).toBe(false)
})

test('text that Postgres cannot store is refused', () => {
  for (const text of ['a\u0000b', 'a\ud800', '', '   ', '\u001b[0m'])
    expect(accepts(Text(10), text)).toBe(false)
  expect(v.parse(Text(10), ' жё😀\n! ')).toBe('жё😀\n!')
  expect(accepts(Name(10), 'two\nlines')).toBe(false)
})

test('money is a positive integer that a number holds exactly', () => {
  for (const value of [0, -1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '1', null])
    expect(accepts(Kopecks, value)).toBe(false)
  expect(accepts(Kopecks, 2 ** 53 - 1)).toBe(true)
})

test('an ИНН is known by its control digits', () => {
  for (const inn of ['7707083893', '500100732259']) expect(accepts(Inn, inn)).toBe(true)
  for (const inn of ['7707083894', '500100732258', '770708389', '77070838933'])
    expect(accepts(Inn, inn)).toBe(false)
})

test('an ОГРН is known by its control digit', () => {
  for (const ogrn of ['1027700132195', '1027700070518', '304500116000157'])
    expect(accepts(Ogrn, ogrn)).toBe(true)
  for (const ogrn of ['1027700132196', '304500116000158', '102770013219', '10277001321950', 'x027700132195'])
    expect(accepts(Ogrn, ogrn)).toBe(false)
})

test('an account is known to be of its bank by its control digit', () => {
  expect(isCorrespondentAccountOf('044525225', '30101810400000000225')).toBe(true)
  expect(isCorrespondentAccountOf('044525745', '30101810345250000745')).toBe(true)
  expect(isCorrespondentAccountOf('044525225', '30101810345250000745')).toBe(false)
  expect(isAccountOf('044525745', '40702810300000000001')).toBe(true)
  for (const digit of '012456789') expect(isAccountOf('044525745', `40702810${digit}00000000001`)).toBe(false)
})

test('days and moments that no calendar has are refused', () => {
  for (const day of ['2026-02-30', '2026-13-01', '0001-01-01']) expect(accepts(DateOnly, day)).toBe(false)
  expect(accepts(Instant, '2026-11-23T25:00:00Z')).toBe(false)
  expect(v.parse(Instant, '2026-11-23T10:15:00+03:00')).toEqual(new Date('2026-11-23T07:15:00Z'))
})

test('ids of later milliseconds sort later, and two ids never share a bank number', () => {
  const random = () => crypto.getRandomValues(new Uint8Array(10))
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 45 }), fc.integer({ min: 1, max: 1000 }), (ms, later) => {
      const first = uuidv7(new Date(ms), random())
      const second = uuidv7(new Date(ms + later), random())
      expect(accepts(Id, first) && accepts(Id, second)).toBe(true)
      expect(first < second).toBe(true)
      expect(bankNumber(first)).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
      expect(bankNumber(first)).not.toBe(bankNumber(second))
    }),
  )
})

test("a webhook's secret is padded base64 of 24 to 64 bytes behind its prefix", () => {
  const secretOf = (bytes: number) => `whsec_${btoa('k'.repeat(bytes))}`
  for (const bytes of [24, 32, 64]) expect(accepts(WebhookSecret, secretOf(bytes))).toBe(true)
  const wrong = ['', 'whsec_', secretOf(23), secretOf(65), secretOf(25).replaceAll('=', '')]
  for (const text of [...wrong, secretOf(24).slice(6), `whsec_${'-'.repeat(32)}`, 'whsec_===='])
    expect(accepts(WebhookSecret, text)).toBe(false)
})
