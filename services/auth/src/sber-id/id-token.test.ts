import { expect, test } from 'bun:test'
import { type IdTokenRules, readIdToken } from './id-token.ts'

const now = new Date('2026-11-23T10:00:00Z')
const seconds = now.getTime() / 1000
const rules: IdTokenRules = {
  ...{ clientId: 'Kontora-1', issuer: 'id.sber.ru', tokenAlg: 'none', tokenKey: undefined },
}
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
const token = (claims: object = {}, alg = 'none', signature = '') => {
  const all = { iss: 'id.sber.ru', sub: 's-1', aud: 'kontora-1', exp: seconds + 60, iat: seconds, nonce: 'n' }
  return `${encode({ alg })}.${encode({ ...all, ...claims })}.${signature}`
}
const read = (text: string, change: Partial<IdTokenRules> = {}) =>
  readIdToken(text, { ...rules, ...change }, 'n', now).catch((error: Error) => error.message)
const strange = 'the id_token is not of the kind that is expected'

test('without a signature only `none` is taken, and only with none', async () => {
  expect(await read(token())).toEqual(['s-1'])
  for (const alg of ['NONE', 'RS256', 'HS256', 'gost34-10.2012'])
    expect(await read(token({}, alg))).toBe(strange)
  for (const text of [token({}, 'none', 'c2ln'), '', '.', '..', `${token()}.`])
    expect(await read(text)).toBe(strange)
})

test('in the mode `tls` a GOST signature goes unchecked, and nothing else does', async () => {
  const tls = { tokenAlg: 'tls' } as const
  expect(await read(token({}, 'gost34-10.2012', 'c2ln'), tls)).toEqual(['s-1'])
  for (const alg of ['none', 'RS256', 'HS256']) expect(await read(token({}, alg, 'c2ln'), tls)).toBe(strange)
  expect(await read(token({ nonce: 'm' }, 'gost34-10.2012', 'c2ln'), tls)).toContain('nonce')
  expect(await read(token({ exp: seconds - 61 }, 'gost34-10.2012', 'c2ln'), tls)).toContain('exp')
})

test('subjects of 128 characters and more, and their alternates, are kept as they are', async () => {
  const long = 'aB'.repeat(100)
  expect(await read(token({ sub: long, sub_alt: ['x', long] }))).toEqual([long, 'x'])
  expect(await read(token({ sub_alt: null }))).toEqual(['s-1'])
  for (const sub of ['', ' ', 'a\nb', 'x'.repeat(256), 7])
    expect(await read(token({ sub }))).toContain('lacks')
})

test('a token for several names us as the party that asked, and whoever is named is us', async () => {
  expect(await read(token({ aud: ['other', 'KONTORA-1'], azp: 'kontora-1' }))).toEqual(['s-1'])
  expect(await read(token({ aud: ['other', 'kontora-1'] }))).toContain('azp')
  expect(await read(token({ azp: 'other' }))).toContain('azp')
})

test('a clock that is a minute off is borne, more is not', async () => {
  expect(await read(token({ exp: seconds - 59 }))).toEqual(['s-1'])
  expect(await read(token({ iat: seconds + 60 }))).toEqual(['s-1'])
  expect(await read(token({ iat: seconds + 61 }))).toContain('iat')
  expect(await read(token({ iat: seconds - 601 }))).toContain('iat')
})
