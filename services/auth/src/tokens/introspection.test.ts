import { afterAll, beforeAll, expect, test } from 'bun:test'
import { decodeJwt, SignJWT } from 'jose'
import { endSession } from '../sessions/end-session.ts'
import { issuer, openWorld, type World } from '../testing.node.ts'
import { signMachineToken } from './give-tokens.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

let count = 0
const signIn = () => {
  const email = `asked-${++count}@example.com`
  world.invite(email)
  return world.signInAs(email)
}

const proof = async (claims: Record<string, unknown> = {}) => {
  const time = Math.floor(world.resources.now().getTime() / 1000)
  const right = { iss: 'payment', sub: 'payment', aud: issuer, iat: time, exp: time + 60 }
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await new SignJWT({ ...right, jti: crypto.randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'EdDSA' })
      .sign(world.machineKey),
  }
}
const introspect = async (token: string) => {
  const answer = await world.form('/v1/introspect', { ...(await proof()), token })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  return (await answer.json()) as Record<string, unknown>
}
const revoke = (token: string) => world.form('/v1/revoke', { token })
const nothing = { active: false }

test('a live token is told with the claims that it holds', async () => {
  const { accessToken, userId, sessionId } = await signIn()
  const told = await introspect(accessToken)
  expect(told).toEqual({ active: true, token_type: 'Bearer', ...decodeJwt(accessToken) })
  expect(told).toMatchObject({ iss: issuer, aud: 'portal', sub: userId, sid: sessionId, client_id: 'portal' })
})

test("a machine's token is told to the service that it is for, and to no other", async () => {
  const mine = await signMachineToken(world.resources, 'payment', 'payment')
  expect(await introspect(mine)).toMatchObject({ active: true, sub: 'payment', aud: 'payment' })
  expect(await introspect(await signMachineToken(world.resources, 'payment', 'client'))).toEqual(nothing)
  expect(await introspect(await signMachineToken(world.resources, 'auth', 'payment'))).toMatchObject({
    active: true,
  })
  expect(await introspect(await signMachineToken(world.resources, 'gone', 'payment'))).toEqual(nothing)
})

test('of whatever is not live nothing is said but that', async () => {
  const ended = await signIn()
  await endSession(world.resources, ended.sessionId)
  const blocked = await signIn()
  await world.testAccess.block(blocked.userId)
  const late = await signIn()
  world.pass(300_000)
  const live = await signIn()
  const { keyring } = world.resources
  const { newId } = world.resources
  const strange = await keyring.sign({ ...decodeJwt(live.accessToken), sid: newId() }, 'at+jwt')
  const anotherUser = await keyring.sign({ ...decodeJwt(live.accessToken), sub: ended.userId }, 'at+jwt')
  const noAccess = await keyring.sign(decodeJwt(live.accessToken), 'JWT')
  const tokens = [
    ...[ended, blocked, late].map(({ accessToken }) => accessToken),
    ...[strange, anotherUser, noAccess, live.refreshToken],
    ...[`${live.accessToken}=`, 'x', 'a.b.c', '..', 'x'.repeat(9000), '\u0000'],
  ]
  for (const token of tokens) expect(await introspect(token)).toEqual(nothing)
  expect(await introspect(live.accessToken)).toMatchObject({ active: true })
})

test('only a service of ours may ask, with an assertion that is good once', async () => {
  const { accessToken: token } = await signIn()
  const once = await proof()
  expect((await world.form('/v1/introspect', { ...once, token })).status).toBe(200)
  for (const wrong of [
    once,
    await proof({ aud: 'https://other.example' }),
    await proof({ iss: 'documents' }),
  ]) {
    const answer = await world.form('/v1/introspect', { ...wrong, token })
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ error: 'invalid_client' })
  }
  expect((await world.form('/v1/introspect', { token })).status).toBe(400)
  expect((await world.form('/v1/introspect', await proof())).status).toBe(400)
})

test('an access token ends its session as a refresh token does, and anything unknown is answered alike', async () => {
  const { accessToken, refreshToken, sessionId } = await signIn()
  const machine = await signMachineToken(world.resources, 'payment', 'client')
  const unknown = ['x', 'a.b.c', `${accessToken}=`, machine, 'x'.repeat(9000), `x.${'y'.repeat(9000)}`]
  for (const token of unknown) expect((await revoke(token)).status).toBe(200)
  expect(await introspect(accessToken)).toMatchObject({ active: true })
  for (let i = 0; i < 2; i++) {
    const answer = await revoke(accessToken)
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
  }
  expect(await introspect(accessToken)).toEqual(nothing)
  const refreshed = await world.form('/v1/token', {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  })
  expect(await refreshed.json()).toMatchObject({ error: 'invalid_grant' })
  const revoked = await world.events('auth.session-revoked')
  expect(revoked.filter((event) => event.sessionId === sessionId)).toHaveLength(1)
})
