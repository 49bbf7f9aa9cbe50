import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createTokenVerifier } from '@kontora/service'
import { createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { issuer, openWorld, type World } from '../testing.node.ts'
import { createKeyring } from './keyring.ts'
import { rotateDueKeys, rotateKeys } from './rotate-keys.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const published = async () => (await (await world.get('/.well-known/jwks.json')).json()) as JSONWebKeySet
const kids = async () => (await published()).keys.map(({ kid }) => kid)
const tenMinutes = 10 * 60_000

test('replicas that start at once make one signing key and one next key between them', async () => {
  await Promise.all(Array.from({ length: 8 }, () => createKeyring(world.resources).publicKeys()))
  const rows = await world.sql<{ state: string }[]>`select state from signing_keys order by state`
  expect(rows.map(({ state }) => state)).toEqual(['current', 'next'])
  const answer = await world.get('/.well-known/jwks.json')
  expect(answer.headers.get('cache-control')).toContain('max-age=')
  expect(await kids()).toHaveLength(2)
})

test('the key that signs after a rotation was published before it, and the retired one stays for an hour', async () => {
  const known = createLocalJWKSet(await published())
  world.pass(tenMinutes)
  world.invite('rotating@example.com')
  const before = await world.signInAs('rotating@example.com')
  const { signs, retired, next } = await rotateKeys(world.resources)
  world.pass(5001)
  const after = await world.signInAs('rotating@example.com')
  const { now } = world.resources
  const verify = createTokenVerifier({ issuer, audience: ['portal'], key: known, now })
  for (const { accessToken, userId } of [before, after]) expect((await verify(accessToken)).sub).toBe(userId)
  expect((await kids()).sort()).toEqual([signs, retired, next].sort())
  world.pass(61 * 60_000)
  expect(await kids()).not.toContain(retired)
})

test('a key that nobody knows yet does not begin to sign, unless it is forced to', async () => {
  await rotateKeys(world.resources)
  await expect(rotateKeys(world.resources)).rejects.toMatchObject({ code: 'conflict' })
  const { signs } = await rotateKeys(world.resources, { force: true })
  const [row] = await world.sql<{ id: string }[]>`select id from signing_keys where state = 'current'`
  expect(row?.id).toBe(signs)
})

test('a key that has signed for 30 days is rotated by itself', async () => {
  expect(await rotateDueKeys(world.resources)).toBe(0)
  world.pass(30 * 24 * 60 * 60_000)
  expect(await rotateDueKeys(world.resources)).toBe(1)
})

test('private keys are at rest only sealed', async () => {
  const rows = await world.sql<
    { text: string }[]
  >`select row_to_json(signing_keys)::text as text from signing_keys`
  for (const { text } of rows) expect(text).not.toContain('"d"')
})

test('the metadata of RFC 8414 names this issuer and its endpoints', async () => {
  const answer = await world.get('/.well-known/oauth-authorization-server')
  expect(await answer.json()).toMatchObject({
    issuer,
    token_endpoint: `${issuer}/v1/token`,
    revocation_endpoint: `${issuer}/v1/revoke`,
    introspection_endpoint: `${issuer}/v1/introspect`,
    introspection_endpoint_auth_methods_supported: ['private_key_jwt'],
    jwks_uri: `${issuer}/.well-known/jwks.json`,
  })
})
