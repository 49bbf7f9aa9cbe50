import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createAuthority } from '@kontora/simulators/mutual-tls'
import { freePort, testDatabase } from '@kontora/testing'
import { migrations } from './migrations.node.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase({ name: 'auth', migrations })
})
afterAll(() => database.close())

const secret = 'A'.repeat(43)
const nowhere = 'http://127.0.0.1:9'
const settings = () => ({
  ENVIRONMENT: 'local',
  DATABASE_URL: database.url,
  KAFKA_HTTP_URL: nowhere,
  KAFKA_HTTP_USER: 'auth',
  KAFKA_HTTP_PASSWORD: 'x',
  AUTH_ISSUER: `${nowhere}/auth`,
  CLIENT_URL: nowhere,
  LETTER_KEYS_URL: `${nowhere}/keys`,
  MACHINE_CLIENTS: '{}',
  KEY_ENCRYPTION_KEY: secret,
  CODE_PEPPER: secret,
  PASSKEY_RP_ID: 'kontora.example',
  PASSKEY_ORIGINS: 'https://kontora.example',
})

const run = (file: string, env: Record<string, string>, ...words: string[]) =>
  Bun.spawn([process.execPath, `${import.meta.dir}/${file}`, ...words], {
    env: { PATH: process.env.PATH, ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })

const settled = async (url: string): Promise<Response> => {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return answer
    await Bun.sleep(100)
  }
  throw new Error('The service did not become ready')
}

test('without Kafka, client and notification it is ready but degraded, makes its keys, and a signal ends it in order', async () => {
  const port = await freePort()
  using kafka = Bun.serve({ port: 0, fetch: () => Response.json([]) })
  const env = { ...settings(), PORT: String(port), KAFKA_HTTP_URL: `http://127.0.0.1:${kafka.port}` }
  const server = run('server.ts', env)
  const ready = await settled(`http://127.0.0.1:${port}/health/ready`)
  expect(await ready.json()).toEqual({ status: 'degraded', degraded: ['access-feed'] })
  const keys = await settled(`http://127.0.0.1:${port}/.well-known/jwks.json`)
  expect(((await keys.json()) as { keys: object[] }).keys).toHaveLength(2)
  const asked = await fetch(`http://127.0.0.1:${port}/v1/codes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'person@example.com' }),
  })
  expect(asked.status).toBe(202)
  server.kill('SIGTERM')
  expect(await server.exited).toBe(0)
  expect(await new Response(server.stdout).text()).not.toContain('person@example.com')
}, 20_000)

test('wrong settings are all told by name, without a value, and end the start with 2', async () => {
  const wrong = {
    ...{ DATABASE_URL: 'mysql://secret@db', CODE_PEPPER: 'secret', MACHINE_CLIENTS: '{"payment":"secret"}' },
    KEY_ENCRYPTION_KEY: '',
  }
  const server = run('server.ts', { ...settings(), ...wrong })
  const fault = await new Response(server.stderr).text()
  expect(await server.exited).toBe(2)
  for (const name of Object.keys(wrong)) expect(fault).toContain(name)
  expect(fault).not.toContain('secret')
})

test('an application on this machine is refused in production', async () => {
  const BROWSER_CLIENTS = '{"portal":{"redirect_uris":["http://127.0.0.1:4000/back"]}}'
  const urls = { AUTH_ISSUER: 'https://kontora.example/auth', CLIENT_URL: 'https://kontora.example/client' }
  const others = { KAFKA_HTTP_URL: 'https://kafka.example', LETTER_KEYS_URL: 'https://kontora.example/keys' }
  const DATABASE_URL = 'postgres://auth@db.example/auth'
  const server = run('server.ts', {
    ...{ ...settings(), ...urls, ...others, DATABASE_URL, BROWSER_CLIENTS },
    ENVIRONMENT: 'production',
  })
  const fault = await new Response(server.stderr).text()
  expect(await server.exited).toBe(2)
  expect(fault).toContain('BROWSER_CLIENTS names an address of this machine')
})

test('half a registration at Сбер ID is refused by the names that are missing', async () => {
  const server = run('server.ts', { ...settings(), SBER_ID_CLIENT_ID: 'kontora', SBER_ID_TOKEN_ALG: 'RS256' })
  const fault = await new Response(server.stderr).text()
  expect(await server.exited).toBe(2)
  for (const name of ['SBER_ID_CLIENT_SECRET', 'SBER_ID_ISSUER', 'SBER_ID_TOKEN_KEY'])
    expect(fault).toContain(name)
})

const sberId = {
  SBER_ID_CLIENT_ID: 'kontora',
  SBER_ID_CLIENT_SECRET: 'hush-hush',
  SBER_ID_AUTHORIZE_URL: 'https://id.sber.ru/CSAFront/oidc/authorize.do',
  SBER_ID_BACKCHANNEL_URL: 'https://oauth.sber.ru',
  SBER_ID_REDIRECT_URI: 'https://kontora.example/auth/v1/sber-id/callback',
  SBER_ID_ISSUER: 'id.sber.ru',
}

test('in production Сбер ID is asked with a certificate and by https, or the start says what is missing', async () => {
  const DATABASE_URL = 'postgres://auth@database.example/auth'
  const production = { ...settings(), ...sberId, ENVIRONMENT: 'production', DATABASE_URL }
  for (const name of ['KAFKA_HTTP_URL', 'AUTH_ISSUER', 'CLIENT_URL', 'LETTER_KEYS_URL'] as const)
    production[name] = 'https://kontora.example'
  const faultOf = async (change: object) => {
    const server = run('server.ts', { ...production, ...change })
    const fault = await new Response(server.stderr).text()
    expect(await server.exited).toBe(2)
    expect(fault).not.toContain('hush')
    return fault
  }
  expect(await faultOf({})).toContain('SBER_ID_CERTIFICATE is required')
  expect(await faultOf({ SBER_ID_BACKCHANNEL_URL: 'http://oauth.sber.ru' })).toContain('https URL')
  expect(await faultOf({ SBER_ID_CERTIFICATE: 'x' })).toContain('SBER_ID_CERTIFICATE_KEY is required')
  expect(await faultOf({ SBER_ID_CERTIFICATE: 'x', SBER_ID_CERTIFICATE_KEY: 'y' })).toContain('PEM')
})

test('passkeys have a domain and origins on it, in production no test stand’s, or the start says so', async () => {
  const faultOf = async (change: object) => {
    const server = run('server.ts', { ...settings(), ...change })
    const fault = await new Response(server.stderr).text()
    expect(await server.exited).toBe(2)
    return fault
  }
  expect(await faultOf({ PASSKEY_RP_ID: '' })).toContain('PASSKEY_RP_ID is required')
  expect(await faultOf({ PASSKEY_RP_ID: '127.0.0.1' })).toContain('a domain, not an address')
  expect(await faultOf({ PASSKEY_ORIGINS: 'http://kontora.example' })).toContain('https origins')
  expect(await faultOf({ PASSKEY_ORIGINS: 'https://kontora.example/' })).toContain('https origins')
  const elsewhere = 'https://kontora.example,https://evilkontora.example'
  expect(await faultOf({ PASSKEY_ORIGINS: elsewhere })).toContain('on the domain PASSKEY_RP_ID')
  const local = { PASSKEY_RP_ID: 'localhost', PASSKEY_ORIGINS: 'http://localhost:4000' }
  expect(await faultOf({ ...local, ENVIRONMENT: 'production' })).toContain('PASSKEY_ORIGINS names')
}, 30_000)

test('a certificate that ends within 30 days is a line in the log and degrades health', async () => {
  const soon = new Date(Date.now() + 20 * 86_400_000)
  const ours = createAuthority('Clients').issue('kontora', { client: true, notAfter: soon })
  const port = await freePort()
  const server = run('server.ts', {
    ...{ ...settings(), ...sberId, PORT: String(port) },
    ...{ SBER_ID_CERTIFICATE: ours.certificate, SBER_ID_CERTIFICATE_KEY: ours.key },
  })
  const ready = await settled(`http://127.0.0.1:${port}/health/ready`)
  expect(((await ready.json()) as { degraded: string[] }).degraded).toContain('sber-certificate')
  server.kill('SIGTERM')
  expect(await server.exited).toBe(0)
}, 20_000)

const command = async (...words: string[]) => {
  const child = run('cli.ts', { ...settings(), DATABASE_OWNER_URL: database.ownerUrl }, ...words)
  const [out, fault] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, out, fault }
}

test('the operator lists keys, and rotates them only when the next one is known', async () => {
  const early = await command('keys', 'rotate')
  expect(early).toMatchObject({ code: 1, out: '' })
  expect(early.fault).toContain('less than 10 minutes ago')
  expect((await command('keys', 'rotate', '--force')).code).toBe(0)
  const listed = await command('keys', 'list')
  for (const state of ['next', 'current', 'retired']) expect(listed.out).toContain(state)
  expect((await command('migrate')).out).toBe('nothing to apply\n')
}, 20_000)

test('wrong usage ends with 2', async () => {
  for (const words of [[], ['fly'], ['keys', 'burn'], ['sessions', 'end', 'me'], ['migrate', 'now']])
    expect((await command(...words)).code).toBe(2)
  expect((await command('--help')).code).toBe(0)
}, 20_000)

const admin = async (...words: string[]) => {
  const child = run('cli.ts', settings(), ...words)
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { out: out.trim(), error, code }
}
type KeyRow = { id: string; state: string }

test('an operator sees and rotates the keys, as lines for people or as JSON', async () => {
  const rotated = await admin('keys', 'rotate', '--json', '--force')
  const { signs, next, retired } = JSON.parse(rotated.out) as Record<string, string>
  const { out } = await admin('keys', 'list', '--json')
  const rows = out.split('\n').map((line) => JSON.parse(line) as KeyRow)
  const idOf = (state: string) => rows.find((row) => row.state === state)?.id
  expect([idOf('current'), idOf('next')]).toEqual([signs, next])
  expect(rows.filter(({ state }) => state === 'retired').map(({ id }) => id)).toContain(retired ?? '')
  expect(Object.keys(rows[0] ?? {})).toEqual([
    'id',
    'state',
    'madeAt',
    'signsFrom',
    'retiredAt',
    'withdrawnAt',
  ])
  expect((await admin('keys', 'list')).out).toContain(`${signs}  current  made `)
  expect(await admin('keys', 'rotate')).toMatchObject({ code: 1, out: '' })
  expect(await admin('keys', 'rotate', '--now')).toMatchObject({ code: 2, out: '' })
}, 20_000)
