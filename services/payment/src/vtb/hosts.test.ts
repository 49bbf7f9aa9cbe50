import { expect, test } from 'bun:test'
import { refuseTestHosts } from '@kontora/service'
import { refuseWrongBank } from './hosts.ts'

const start = (ENVIRONMENT: string, more: Record<string, string>) => () => {
  const values = { ENVIRONMENT, ...more }
  refuseTestHosts(values)
  refuseWrongBank(values)
}

const production = [
  ['VTB_URL', 'https://platezh.vtb24.ru/payment/rest/'],
  ['VTB_OPENAPI_URL', 'https://gw.api.vtb.ru/openapi/smb/efcp/e-commerce/v1'],
  ['VTB_OPENAPI_TOKEN_URL', 'https://open.api.vtb.ru:443/passport/oauth2/token'],
] as const
const test_ = [
  ['VTB_URL', 'https://vtb.rbsuat.com/payment/rest/'],
  ['VTB_OPENAPI_URL', 'https://test3.api.vtb.ru:8443/openapi/smb/efcp/e-commerce/v1'],
  ['VTB_OPENAPI_TOKEN_URL', 'https://epa-ift-sbp.vtb.ru:443/passport/oauth2/token'],
  ['VTB_OPENAPI_URL', 'https://hackaton.bankingapi.ru/api/smb/efcp/e-commerce/api/v1'],
] as const

test.each(production)('%s=%s starts in production, and nowhere else', (name, value) => {
  expect(start('production', { [name]: value })).not.toThrow()
  expect(start('local', { [name]: value })).toThrow(`${name} names the bank's production host`)
})

test.each(test_)('%s=%s starts outside production, and never in it', (name, value) => {
  expect(start('local', { [name]: value })).not.toThrow()
  expect(start('production', { [name]: value })).toThrow(name)
})

test("the bank's papers are no API anywhere, and in production nothing goes in the clear", () => {
  const papers = { VTB_URL: 'https://sandbox.vtb.ru/integration/api/rest' }
  for (const environment of ['local', 'production']) expect(start(environment, papers)).toThrow('papers')
  expect(start('production', { VTB_URL: 'http://platezh.vtb24.ru/' })).toThrow('https')
  expect(start('local', { VTB_URL: 'http://127.0.0.1:4004' })).not.toThrow()
})
