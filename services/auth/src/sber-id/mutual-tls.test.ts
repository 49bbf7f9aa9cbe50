import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SettingsError } from '@kontora/service'
import { simulators } from '@kontora/simulators'
import { createAuthority, serveMutualTls } from '@kontora/simulators/mutual-tls'
import type { SberTls } from './agent.ts'
import { agentOfBinding } from './agent.ts'
import { createSberId } from './client.ts'
import { openMutualTls } from './mutual-tls.node.ts'

const servers = createAuthority('Servers')
const clients = createAuthority('Clients')
const our = clients.issue('kontora', { client: true, passphrase: 'sealed-with-this' })
const redirectUri = 'https://kontora.test/auth/v1/sber-id/callback'
const sber = simulators['sber-id']({ clientId: 'kontora', clientSecret: 'sber-secret-1', redirectUri })
const server = servers.issue('localhost', { hosts: ['localhost'] })
const bank = serveMutualTls(sber, { ...server, clientAuthority: clients.certificate })
const folder = mkdtempSync(join(tmpdir(), 'sber-id-'))
afterAll(async () => {
  await bank.stop()
  rmSync(folder, { recursive: true })
})

const tls = (change: Partial<SberTls> = {}): SberTls => ({
  ...{ certificate: our.certificate, key: our.key, passphrase: 'sealed-with-this' },
  ...{ ca: servers.certificate, ipv4: false, isDemanded: true },
  ...change,
})
const control = (method: string, path: string, body: object) =>
  sber.app.request(path, { method, body: JSON.stringify(body) })

const settings = {
  ...{ clientId: 'kontora', clientSecret: 'sber-secret-1', redirectUri, issuer: 'id-sb.sber.ru' },
  authorizeUrl: 'https://id.example/CSAFront/oidc/authorize.do',
  ...{ tokenAlg: 'none' as const, tokenKey: undefined, tellsCompleted: true, sendsIbmClientId: true },
  paths: {
    token: '/ru/prod/tokens/v2/oidc',
    userinfo: '/ru/prod/sberbankid/v2.1/userinfo',
    completed: '/api/v2/auth/completed',
  },
}
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const rquid = 'ab'.repeat(16)
const means = {
  now: () => new Date(),
  newId: () => rquid.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
}

/** A whole login by this agent: who it was, and whether Сбер ID was told; or the reason of the refusal. */
const logIn = async ({ ask }: { ask: typeof fetch | undefined }, url = bank.url) => {
  const sberId = createSberId({ ...settings, backchannelUrl: url }, { ...means, ask })
  const to = await sberId.authorizeUrl({ state: 's', nonce: 'n', verifier, challenge })
  const asked = { url: to, person: 'anna' }
  const { redirect } = (await (await control('POST', '/_sim/authorize', asked)).json()) as {
    redirect: string
  }
  const code = new URL(redirect).searchParams.get('code') ?? ''
  try {
    const person = await sberId.identify({ code, issuer: undefined, verifier, nonce: 'n' })
    if (person.completion) await sberId.tellCompleted(person.completion)
    return person.subjects
  } catch (error) {
    return error instanceof Error ? error.message : 'something else'
  }
}
const anna = ['7f1c6a52-3b9e-4d0f-8a41-5e2b9c7d0a11']
const noAnswer = 'no answer'

test('a login goes over mutual TLS, with a sealed key, by IPv4 too, and with one number in all three calls', async () => {
  expect(await logIn(openMutualTls(tls()))).toEqual(anna)
  expect(await logIn(openMutualTls(tls({ ipv4: true })))).toEqual(anna)
  const entries = sber.store.query('select details from journal').all() as { details: string }[]
  const numbers = entries.map(({ details }) => (JSON.parse(details) as { rquid?: string }).rquid)
  expect(numbers.filter(Boolean)).toEqual(Array.from({ length: 6 }, () => rquid))
})

test('whoever shows no certificate or a strange one learns nothing, and neither does a strange server', async () => {
  const strange = createAuthority('Strangers').issue('kontora', { client: true })
  const asStranger = { certificate: strange.certificate, key: strange.key, passphrase: undefined }
  expect(await logIn(openMutualTls(tls(asStranger)))).toBe(noAnswer)
  expect(await logIn({ ask: fetch })).toBe(noAnswer)
  expect(await logIn(openMutualTls(tls({ ca: clients.certificate })))).toBe(noAnswer)
  expect(await logIn(openMutualTls(tls({ ca: undefined })))).toBe(noAnswer)
  expect(await logIn(openMutualTls(tls()), bank.url.replace('localhost', '127.0.0.1'))).toBe(noAnswer)
})

test('a certificate in files is renewed without a restart, and its end is told', async () => {
  const place = (name: string) => join(folder, name)
  const keep = (notAfter: Date) => {
    const one = clients.issue('kontora', { client: true, notAfter })
    writeFileSync(place('certificate.pem'), one.certificate)
    writeFileSync(place('key.pem'), one.key)
  }
  const soon = (days: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + days * 86_400_000)
  writeFileSync(place('ca.pem'), servers.certificate)
  keep(soon(-1))
  const files = { certificate: place('certificate.pem'), key: place('key.pem'), ca: place('ca.pem') }
  const agent = openMutualTls(tls({ ...files, passphrase: undefined }))
  expect(agent.certificateEndsAt?.()).toEqual(soon(-1))
  expect(await logIn(agent)).toBe(noAnswer)
  keep(soon(90))
  expect(agent.certificateEndsAt?.()).toEqual(soon(90))
  expect(await logIn(agent)).toEqual(anna)
})

test('a redirect is not followed, a long answer is cut off, and a slow one is not waited for', async () => {
  const agent = openMutualTls(tls())
  await control('PUT', '/_sim/settings', { refuses: { call: 'userinfo', status: 302 } })
  expect(await logIn(agent)).toBe('status 302')
  for (const deviation of ['huge-token', 'huge-userinfo']) {
    await control('PUT', '/_sim/settings', { deviations: [deviation] })
    expect(await logIn(agent)).toBe('a longer answer than any right one')
  }
  await control('PUT', '/_sim/settings', {})
  const faults = [{ operation: 'GET /api/v2/auth/completed', kind: 'delay', delayMs: 3000 }]
  await control('POST', '/_sim/faults', { faults })
  const signal = AbortSignal.timeout(100)
  await expect(agent.ask?.(`${bank.url}/api/v2/auth/completed`, { signal })).rejects.toThrow('in time')
})

test('wrong certificates are told by the names of their settings, and nothing of them', () => {
  const other = clients.issue('other', { client: true })
  const faultOf = (change: Partial<SberTls>) => {
    try {
      openMutualTls(tls(change))
      return ''
    } catch (error) {
      return error instanceof SettingsError ? error.message : 'a bug'
    }
  }
  expect(faultOf({ certificate: undefined })).toContain('SBER_ID_CERTIFICATE is required')
  expect(faultOf({ passphrase: 'wrong-word' })).toContain('SBER_ID_CERTIFICATE_KEY')
  expect(faultOf({ passphrase: 'wrong-word' })).not.toContain('wrong-word')
  expect(faultOf({ key: other.key, passphrase: undefined })).toContain('the key of SBER_ID_CERTIFICATE')
  expect(faultOf({ ca: '/nowhere.pem' })).toContain('SBER_ID_CA')
  expect(faultOf({ certificate: undefined, isDemanded: false })).toBe('')
})

test('a worker asks by its binding, and without one nobody in production', async () => {
  const binding = { SBER_ID_FETCHER: { fetch: async () => new Response('by the binding') } }
  const asked = await agentOfBinding(binding)(tls()).ask?.('https://oauth.example')
  expect(await asked?.text()).toBe('by the binding')
  expect(agentOfBinding({})(tls()).ask).toBeUndefined()
  expect(await logIn(agentOfBinding({})(tls()))).toContain('no certificate can be shown')
})
