import { expect, test } from 'bun:test'
import { nextStep } from './message.ts'

const now = new Date('2026-03-01T09:00:00Z')
const later = { kind: 'later', reason: '503' } as const

const pauses = (kind: string): number[] =>
  Array.from({ length: 9 }, (_, i) => {
    const next = nextStep(later, { kind, attempts: i + 1, firstAskedAt: now }, now)
    return next.state === 'ready' ? (next.askAt.getTime() - now.getTime()) / 1000 : Number.NaN
  })

test('a code, for which somebody waits, is asked for again at least each quarter of a minute', () => {
  expect(pauses('login-code')).toEqual([1, 2, 4, 8, 15, 15, 15, 15, 15])
})

test('any other letter is asked for ever more slowly', () => {
  expect(pauses('invoice-paid')).toEqual([2, 5, 15, 60, 300, 900, 3600, 3600, 3600])
})

test('what the provider says of when to come back holds for a code too', () => {
  const notBefore = new Date(now.getTime() + 40_000)
  expect(
    nextStep({ ...later, notBefore }, { kind: 'login-code', attempts: 1, firstAskedAt: now }, now),
  ).toEqual({ state: 'ready', askAt: notBefore })
})
