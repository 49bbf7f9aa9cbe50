import { expect, test } from 'bun:test'
import type { AuthorizationServer } from 'oauth4webapi'
import { trustedMetadata } from './metadata.ts'

const issuer = 'https://id.company.example/realms/main'
const given = {
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  userinfo_endpoint: `${issuer}/userinfo`,
  id_token_signing_alg_values_supported: ['HS256', 'none', 'ES256', 'RS256'],
}
const ours = { issuer, isPlainAllowed: false }
const changed = (change: object): AuthorizationServer => ({ ...given, ...change })
const algorithmsOf = (change: object) =>
  trustedMetadata(changed(change), ours).id_token_signing_alg_values_supported

test('of the algorithms that are offered only those of key pairs are believed', () => {
  expect(algorithmsOf({})).toEqual(['ES256', 'RS256'])
  expect(algorithmsOf({ id_token_signing_alg_values_supported: undefined })).toEqual(['RS256'])
})

test.each([
  ['another issuer', { issuer: 'https://id.company.example/realms/other' }],
  ['the issuer with a slash', { issuer: `${issuer}/` }],
  ['no address of its tokens', { token_endpoint: undefined }],
  ['keys in the clear', { jwks_uri: 'http://id.company.example/keys' }],
  ['tokens in the clear', { token_endpoint: 'http://id.company.example/token' }],
  ['userinfo in the clear', { userinfo_endpoint: 'http://id.company.example/me' }],
  ['a script for an address', { authorization_endpoint: 'javascript:alert(1)' }],
  ['a text that is no address', { authorization_endpoint: 'https://' }],
  ['signatures by secrets alone', { id_token_signing_alg_values_supported: ['HS256', 'none'] }],
])('metadata with %s are refused', (_, change) => {
  expect(() => trustedMetadata(changed(change), ours)).toThrow()
})

test('on a laptop plain http is borne', () => {
  const plain = { ...given, jwks_uri: 'http://127.0.0.1:8080/keys' }
  expect(trustedMetadata(plain, { ...ours, isPlainAllowed: true }).jwks_uri).toBe(plain.jwks_uri)
})
