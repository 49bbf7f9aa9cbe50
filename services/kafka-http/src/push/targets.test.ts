import { expect, test } from 'bun:test'
import * as v from 'valibot'
import { isAllowed, PushTargets, refuseOpenTargets } from './targets.ts'

const list = v.parse(PushTargets, 'https://a.example/events, https://b.example/hooks/, https://c.example')

test('a target is allowed by its exact origin and the start of its path', () => {
  for (const target of [
    'https://a.example/events',
    'https://a.example/events/payment?x=1',
    'https://A.example:443/events',
    'https://b.example/hooks/1',
    'https://c.example/anything',
  ])
    expect(isAllowed(list, target)).toBe(true)
  for (const target of [
    'http://a.example/events',
    'https://a.example:8443/events',
    'https://a.example/eventsx',
    'https://a.example/events/../admin',
    'https://a.example/events/%2e%2e/admin',
    'https://a.example/',
    'https://b.example/hooks',
    'https://x.a.example/events',
    'https://a.example.evil.example/events',
    'https://c.example@evil.example/',
  ])
    expect(isAllowed(list, target)).toBe(false)
})

test('http is for a local environment alone, and what is no origin with a path is refused', () => {
  const open = v.parse(PushTargets, 'https://a.example/,http://127.0.0.1:4010/')
  expect(() => refuseOpenTargets(open, 'production')).toThrow('PUSH_TARGETS should be https')
  expect(() => refuseOpenTargets(open, 'local')).not.toThrow()
  expect(() => refuseOpenTargets(list, 'production')).not.toThrow()
  for (const text of [
    'a.example',
    'ftp://a.example/',
    'https://u:p@a.example/',
    'https://a.example/?q=1',
    ',',
  ])
    expect(v.safeParse(PushTargets, text).success).toBe(false)
})
