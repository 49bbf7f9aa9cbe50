import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createTokenVerifier } from '@kontora/service'
import type { JSONWebKeySet } from 'jose'
import { app } from '../app.ts'
import { openWorld, type World } from '../testing.node.ts'
import { signMachineToken } from '../tokens/give-tokens.ts'
import { createKeyring } from './keyring.ts'
import { rotateKeys } from './rotate-keys.ts'
import { withdrawKey } from './withdraw-key.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.resources.keyring.publicKeys()
})
afterAll(() => world.close())

const idOf = async (state: string): Promise<string> => {
  const [row] = await world.sql<{ id: string }[]>`
    select id from signing_keys where state = ${state} order by made_at desc limit 1`
  return row?.id ?? ''
}
/** Another instance on the same database, with a keyring of its own. */
const replica = () => {
  const keyring = createKeyring(world.resources)
  const { issuer, now } = world.resources
  const audience = ['portal', 'auth']
  const key = keyring.verificationKey
  return { ...world.resources, keyring, verifyToken: createTokenVerifier({ issuer, audience, key, now }) }
}
const publishedBy = async (resources: World['resources']) => {
  const answer = await app.request('/.well-known/jwks.json', {}, resources)
  return ((await answer.json()) as JSONWebKeySet).keys.map(({ kid }) => kid)
}
const statusAt = async (resources: World['resources'], path: string, token: string) =>
  (await app.request(path, { headers: { authorization: `Bearer ${token}` } }, resources)).status
const signIn = async (email: string) => {
  world.invite(email)
  return world.signInAs(email)
}

test('a withdrawn key leaves the set of every instance at once, and its tokens are refused, people’s and machines’', async () => {
  const other = replica()
  const person = await signIn('withdrawn@example.com')
  const machine = await signMachineToken(world.resources, 'payment', 'auth')
  for (const instance of [world.resources, other]) {
    expect(await statusAt(instance, '/v1/sessions', person.accessToken)).toBe(200)
    expect(await statusAt(instance, '/v1/sessions', machine)).toBe(403)
  }
  const [stolen, next] = [await idOf('current'), await idOf('next')]
  expect(await withdrawKey(world.resources, stolen)).toEqual({ withdrawn: stolen, signs: next })
  for (const instance of [world.resources, other]) {
    expect(await publishedBy(instance)).not.toContain(stolen)
    expect(await statusAt(instance, '/v1/sessions', person.accessToken)).toBe(401)
    expect(await statusAt(instance, '/v1/sessions', machine)).toBe(401)
  }
})

test('people keep their sessions: a refresh gives a token of the key that signs now', async () => {
  const { refreshToken } = await signIn('keeps@example.com')
  await withdrawKey(world.resources, await idOf('current'))
  world.pass(501)
  const answer = await world.form('/v1/token', { grant_type: 'refresh_token', refresh_token: refreshToken })
  const { access_token } = (await answer.json()) as { access_token: string }
  expect(await statusAt(replica(), '/v1/sessions', access_token)).toBe(200)
})

test('the private half is destroyed, everybody is told once, and a repeat changes nothing', async () => {
  const stolen = await idOf('current')
  const { signs } = await withdrawKey(world.resources, stolen)
  expect(await withdrawKey(world.resources, stolen)).toEqual({ withdrawn: stolen, signs })
  const [row] = await world.sql<{ privateKeySealed: string }[]>`
    select private_key_sealed from signing_keys where id = ${stolen}`
  expect(row?.privateKeySealed).toBe('')
  const told = (await world.events('auth.key-withdrawn')).filter(({ keyId }) => keyId === stolen)
  expect(told).toHaveLength(1)
})

test('a key that is to come and one that has signed before can be withdrawn too, an unknown one is not found', async () => {
  const [signs, next] = [await idOf('current'), await idOf('next')]
  expect((await withdrawKey(world.resources, next)).signs).toBe(signs)
  expect(await idOf('next')).not.toBe(next)
  world.pass(10 * 60_000)
  const { retired } = await rotateKeys(world.resources)
  expect(await publishedBy(world.resources)).toContain(retired)
  await withdrawKey(world.resources, retired)
  expect(await publishedBy(world.resources)).not.toContain(retired)
  await expect(withdrawKey(world.resources, 'A'.repeat(43))).rejects.toMatchObject({ code: 'not-found' })
})

test('withdrawals and rotations at once leave one key that signs and one that is next', async () => {
  const [current, next] = [await idOf('current'), await idOf('next')]
  await Promise.allSettled([
    withdrawKey(world.resources, current),
    rotateKeys(world.resources, { force: true }),
    withdrawKey(world.resources, next),
    withdrawKey(world.resources, current),
  ])
  const rows = await world.sql<{ id: string; state: string }[]>`
    select id, state from signing_keys where state <> 'retired' order by state`
  expect(rows.map(({ state }) => state)).toEqual(['current', 'next'])
  for (const { id } of rows) expect([current, next]).not.toContain(id)
})
