import { expect, test } from 'bun:test'
import { readSettings, SettingsError } from '@kontora/service'
import { openidSettings, openidTable } from './settings.ts'

const secret = 'what-only-the-company-and-we-know'
const company = {
  name: 'company',
  label: { ru: 'Вход компании', en: 'Company sign-in' },
  issuer: 'https://id.company.example/realms/main',
  clientId: 'kontora',
  clientSecret: secret,
}
const privateKey = { kty: 'OKP', crv: 'Ed25519', x: 'x', d: secret, alg: 'EdDSA' }
const { clientSecret: _, ...withoutProof } = company

const read = (text: string | undefined, ENVIRONMENT: 'production' | 'local' = 'production') =>
  openidSettings({
    ...readSettings(openidTable, { OPENID_PROVIDERS: text }),
    AUTH_ISSUER: 'https://kontora.example/auth/',
    ENVIRONMENT,
  })
const faultOf = (text: string, environment?: 'local'): string => {
  try {
    read(text, environment)
    return 'none'
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError)
    return (error as Error).message
  }
}
const changed = (change: object) => JSON.stringify([{ ...company, ...change }])

test('without the setting there is nobody else, and empty is the same', () => {
  expect(read(undefined)).toEqual([])
  expect(read('')).toEqual([])
})

test('a provider has its own callback below our issuer, and is asked who it is and nothing more', () => {
  expect(read(JSON.stringify([company]))).toEqual([
    {
      ...company,
      scopes: ['openid'],
      redirectUri: 'https://kontora.example/auth/v1/openid/company/callback',
      isPlainAllowed: false,
    },
  ])
  expect(read(JSON.stringify([{ ...withoutProof, clientKey: privateKey }]))).toHaveLength(1)
})

test.each([
  ['not JSON', secret, 'JSON'],
  ['no list', JSON.stringify(company), 'list'],
  ['a name in capitals', changed({ name: 'Company' }), '[0].name'],
  ['a name of our own', changed({ name: 'sber-id' }), '[0].name'],
  ['one name twice', JSON.stringify([company, company]), 'twice'],
  ['no label', changed({ label: undefined }), '[0].label'],
  ['a label in one language', changed({ label: { ru: 'Вход' } }), '[0].label.en'],
  ['an issuer that is none', changed({ issuer: 'company' }), '[0].issuer'],
  ['an issuer with a query', changed({ issuer: 'https://id.example/?a=b' }), '[0].issuer'],
  ['neither secret nor key', JSON.stringify([withoutProof]), 'one of clientSecret and clientKey'],
  ['both', changed({ clientKey: privateKey }), 'one of clientSecret and clientKey'],
  ['a key without an algorithm', changed({ clientKey: { ...privateKey, alg: undefined } }), 'clientKey.alg'],
  ['a key of HS256', changed({ clientKey: { ...privateKey, alg: 'HS256' } }), 'clientKey.alg'],
  ['a public key', changed({ clientKey: { ...privateKey, d: undefined } }), 'clientKey.d'],
  ['scopes without openid', changed({ scopes: ['email'] }), '[0].scopes'],
  ['two scopes in one', changed({ scopes: ['openid email'] }), '[0].scopes[0]'],
  ['a field that we do not know', changed({ secret }), '[0]'],
])('%s is told, without its value', (_, text, told) => {
  const fault = faultOf(text)
  expect(fault).toContain('OPENID_PROVIDERS')
  expect(fault).toContain(told)
  expect(fault).not.toContain(secret)
})

test('in production an issuer is https and no test host', () => {
  expect(faultOf(changed({ issuer: 'http://id.company.example' }))).toContain('https')
  expect(faultOf(changed({ issuer: 'https://localhost/realm' }))).toContain('test')
  expect(faultOf(changed({ issuer: 'http://127.0.0.1:8080/realm' }), 'local')).toBe('none')
})
