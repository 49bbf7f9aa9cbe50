import { expect, test } from 'bun:test'
import { SettingsError } from '@kontora/service'
import { openResources } from './resources.ts'
import { mapping } from './testing.node.ts'

const key = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'x'.repeat(43), d: 'd'.repeat(43) })
const base = {
  ENVIRONMENT: 'local',
  DATABASE_URL: 'postgres://127.0.0.1:1/none',
  KAFKA_HTTP_URL: 'http://127.0.0.1:1',
  KAFKA_HTTP_USER: 'payment',
  KAFKA_HTTP_PASSWORD: 'x',
  AUTH_ISSUER: 'http://127.0.0.1:1',
  AUTH_JWKS_URL: 'http://127.0.0.1:1/keys',
  AUTH_TOKEN_URL: 'http://127.0.0.1:1/token',
  MACHINE_KEY: key,
  CLIENT_URL: 'http://127.0.0.1:1',
  VTB_RETURN_URL: 'http://127.0.0.1:1/back',
  PAYER_LINK_KEY: 'l'.repeat(43),
  RECEIPTS: 'none',
  ONEC_URL: 'http://127.0.0.1:1',
  ONEC_USER: 'x',
  ONEC_PASSWORD: 'x',
  ONEC_MAPPING: JSON.stringify(mapping),
}
const rbs = {
  VTB_URL: 'http://127.0.0.1:1',
  VTB_USER: 'api',
  VTB_PASSWORD: 'a-password',
  VTB_CALLBACK_ALGORITHM: 'hmac',
  VTB_CALLBACK_KEY: 'a-callback-key',
  VTB_CALLBACK_URL: 'http://127.0.0.1:1/cb',
  VTB_REFUND_ID: 'verified',
}
const openapi = {
  ACQUIRER: 'openapi',
  VTB_OPENAPI_URL: 'http://127.0.0.1:1/v1',
  VTB_OPENAPI_TOKEN_URL: 'http://127.0.0.1:1/token',
  VTB_OPENAPI_CLIENT_ID: 'a@ext.vtb.ru',
  VTB_OPENAPI_CLIENT_SECRET: 'a-secret',
  VTB_OPENAPI_CALLBACK_SECRET: 'a-secret-part-of-it',
  VTB_OPENAPI_REFUND_ID: 'unverified',
}

const faultsOf = (env: object): string => {
  try {
    openResources({ ...base, ...env })
    return ''
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.message
  }
}
const complaints = (env: object): string[] =>
  [...faultsOf(env).matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name ?? '')

test('each interface starts with its own settings alone, and both together', () => {
  expect(complaints(rbs)).toEqual([])
  expect(complaints(openapi)).toEqual([])
  expect(complaints({ ...rbs, ...openapi, ACQUIRER: 'rbs' })).toEqual([])
})

test('no host, key, algorithm or number of refunds has a usual value', () => {
  for (const name of Object.keys(rbs)) expect(complaints({ ...rbs, [name]: '' })).toEqual([name])
  for (const name of Object.keys(openapi).filter((one) => one !== 'ACQUIRER'))
    expect(complaints({ ...openapi, [name]: '' })).toEqual([name])
})

test('half of the other interface is a mistake, and told as one', () => {
  expect(complaints({ ...openapi, VTB_URL: rbs.VTB_URL })).toContain('VTB_PASSWORD')
  expect(complaints({ ...rbs, VTB_OPENAPI_URL: openapi.VTB_OPENAPI_URL })).toContain('VTB_OPENAPI_CLIENT_ID')
})

test('receipts are asked of the gateway alone: how the other interface makes them is not known', () => {
  expect(complaints({ ...rbs, RECEIPTS: 'bank' })).toEqual([])
  expect(complaints({ ...openapi, RECEIPTS: 'bank' })).toEqual(['RECEIPTS'])
})

test('a key that is not of its algorithm, and words that are none of ours, end the start without telling a value', () => {
  expect(complaints({ ...rbs, VTB_CALLBACK_ALGORITHM: 'rsa' })).toEqual(['VTB_CALLBACK_KEY'])
  expect(complaints({ ...rbs, VTB_CALLBACK_KEY: '-----BEGIN PUBLIC KEY-----' })).toEqual(['VTB_CALLBACK_KEY'])
  expect(complaints({ ...rbs, VTB_CALLBACK_ALGORITHM: 'SHA-256 with RSA' })).toEqual([
    'VTB_CALLBACK_ALGORITHM',
  ])
  for (const words of ['{', 'null', '{"ACWP":"paid"}'])
    expect(complaints({ ...openapi, VTB_OPENAPI_STATE_WORDS: words })).toEqual(['VTB_OPENAPI_STATE_WORDS'])
  const wrong = { ...rbs, VTB_CALLBACK_ALGORITHM: 'rsa', VTB_URL: 'https://platezh.vtb24.ru/' }
  for (const secret of ['a-callback-key', 'a-password']) expect(faultsOf(wrong)).not.toContain(secret)
})
