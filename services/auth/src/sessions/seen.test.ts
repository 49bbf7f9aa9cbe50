import { afterAll, beforeAll, expect, test } from 'bun:test'
import { countryFrom, readRange, wideNetworkOf } from '../budgets/network.ts'
import { forgetExpired } from '../codes/forget-expired.ts'
import { openWorld, type World } from '../testing.node.ts'
import { closeSeen, openSeen } from './seen.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const yandex = chrome.replace('Safari', 'YaBrowser/25.10.0 Safari')
const iPhone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'

let count = 0
const signIn = (headers: Record<string, string> = {}) => {
  const email = `seen-${++count}@example.com`
  world.invite(email)
  return world.signInAs(email, headers)
}
type Listed = { items: Record<string, string | null>[] }
const list = async (token: string) =>
  ((await (await world.get('/v1/sessions', { authorization: `Bearer ${token}` })).json()) as Listed).items
const sealedOf = async (id: string) => {
  const [row] = await world.sql<{ seenSealed: string | null }[]>`
    select seen_sealed from sessions where id = ${id}`
  return row?.seenSealed
}

test('a session is listed with its browser and system, its network in part, and the country that a proxy tells', async () => {
  const headers = { 'user-agent': chrome, 'x-test-address': '203.0.113.77', 'x-test-country': 'RU' }
  const { accessToken } = await signIn(headers)
  const [session] = await list(accessToken)
  expect(session).toMatchObject({ device: 'Chrome, Windows', network: '203.0.113.0/24', country: 'RU' })
})

test('each refresh tells anew where the session is used, and when', async () => {
  const { refreshToken } = await signIn({ 'user-agent': chrome, 'x-test-address': '203.0.113.77' })
  world.pass(60_000)
  const answer = await world.form(
    '/v1/token',
    { grant_type: 'refresh_token', refresh_token: refreshToken },
    { 'user-agent': iPhone, 'x-test-address': '2001:db8:1:2:3::4' },
  )
  const { access_token } = (await answer.json()) as { access_token: string }
  const [session] = await list(access_token)
  expect(session).toMatchObject({ device: 'Safari, iOS', network: '2001:db8:1::/48', country: null })
  expect(session?.lastUsedAt).toBe(world.resources.now().toISOString())
})

const nameOf = async (userAgent: string | undefined) =>
  (await openSeen(world.resources, await closeSeen(world.resources, { userAgent }))).device

test('a device is called by what is known for sure, and by nothing that anybody may write', async () => {
  expect(await nameOf(yandex)).toBe('Yandex Browser, Windows')
  expect(await nameOf('kontora-cli/2.0 (Linux)')).toBe('kontora-cli, Linux')
  for (const strange of [
    undefined,
    '',
    ' ',
    'x',
    '<script>alert(1)</script>/1.0',
    'Анна/1.0 +79161234567',
    '\u0000/1',
  ])
    expect([strange, await nameOf(strange)]).toEqual([strange, null])
  const hostile = `${'('.repeat(200)}${'a/'.repeat(200)}${' '.repeat(100)}`
  const begun = performance.now()
  await nameOf(hostile.slice(0, 500))
  expect(performance.now() - begun).toBeLessThan(5000)
})

test('a country is believed from our own proxies and from an edge platform alone', () => {
  const trusted = [readRange('10.0.0.0/8')!]
  const proxies = { trusted, header: undefined, countryHeader: 'cf-ipcountry' }
  const told = (country: string) => new Headers({ 'cf-ipcountry': country })
  expect(countryFrom(proxies, '10.1.1.1', told('RU'))).toBe('RU')
  expect(countryFrom(proxies, undefined, told('RU'))).toBe('RU')
  expect(countryFrom(proxies, '192.0.2.1', told('RU'))).toBeUndefined()
  for (const none of ['XX', 'T1', 'ru', 'RUS', '<b>'])
    expect(countryFrom(proxies, '10.1.1.1', told(none))).toBeUndefined()
  expect(countryFrom({ trusted, header: undefined }, '10.1.1.1', told('RU'))).toBeUndefined()
  expect([wideNetworkOf('192.0.2.77'), wideNetworkOf('2001:db8:1:2::/64')]).toEqual([
    '192.0.2.0/24',
    '2001:db8:1::/48',
  ])
})

test('what is personal is sealed while the session lives, and gone when it ends, is over, or its owner is deleted', async () => {
  const headers = { 'user-agent': chrome, 'x-test-address': '203.0.113.77' }
  const [ended, over] = [await signIn(headers), await signIn(headers)]
  expect(await sealedOf(ended.sessionId)).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)
  await world.form('/v1/revoke', { token: ended.refreshToken })
  expect(await sealedOf(ended.sessionId)).toBeNull()
  world.pass(24 * 60 * 60_000)
  await forgetExpired(world.resources)
  expect(await sealedOf(ended.sessionId)).toBeUndefined()
  world.pass(29 * 24 * 60 * 60_000)
  await forgetExpired(world.resources)
  expect(await sealedOf(over.sessionId)).toBeNull()
  expect(world.lines.join('\n')).not.toMatch(/203\.0\.113|Chrome/)
})
