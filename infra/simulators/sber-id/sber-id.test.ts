import { expect, test } from 'bun:test'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { request } from 'node:https'
import { createSberIdSimulator } from './create-sber-id-simulator.ts'
import { type Certificate, createAuthority } from './make-certificate.ts'
import { serveMutualTls } from './serve-mutual-tls.ts'

const redirectUri = 'https://kontora.example/auth/v1/sber/callback'
const client = { clientId: 'ab12cd34-0000-4000-8000-00000000000f', clientSecret: 'secret-1' }
const rquid = 'a'.repeat(32)
const verifier = 'v'.repeat(43)
const challenge = createHash('sha256').update(verifier).digest('base64url')

const start = () => {
  let time = Date.parse('2026-11-23T10:00:00Z')
  const { app } = createSberIdSimulator({ ...client, redirectUri, now: () => new Date(time) })
  const json = async (response: Response) => (await response.json()) as Record<string, unknown>
  const url = (change: Record<string, string | undefined> = {}) => {
    const parameters = {
      response_type: 'code',
      client_id: client.clientId,
      scope: 'openid email mobile name',
      redirect_uri: redirectUri,
      state: 's-1',
      nonce: 'n-1',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...change,
    }
    const present = Object.entries(parameters).filter((one): one is [string, string] => one[1] !== undefined)
    return `https://id.example/CSAFront/oidc/authorize.do?${new URLSearchParams(present)}`
  }
  const control = (method: string, path: string, body: object) =>
    app.request(path, { method, body: JSON.stringify(body) })
  const signIn = async (person: string | null, change = {}) => {
    const { redirect } = await json(await control('POST', '/_sim/authorize', { url: url(change), person }))
    return new URL(String(redirect)).searchParams
  }
  const codeOf = async (person: string, change = {}) => (await signIn(person, change)).get('code') ?? ''
  const exchange = (
    code: string,
    change: Record<string, string> = {},
    headers: Record<string, string> = { rquid },
  ) =>
    app.request('/ru/prod/tokens/v2/oidc', {
      method: 'POST',
      headers,
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...change,
      }),
    })
  const tokens = async (person: string) => json(await exchange(await codeOf(person)))
  const get = (path: string, headers: Record<string, string>) => app.request(path, { headers })
  const userinfo = (token: unknown) =>
    get('/ru/prod/sberbankid/v2.1/userinfo', {
      authorization: `Bearer ${token}`,
      'x-introspect-rquid': rquid,
    })
  const pass = (ms: number) => {
    time += ms
  }
  return { app, json, url, control, signIn, codeOf, exchange, tokens, get, userinfo, pass }
}

const segmentsOf = (token: unknown) => String(token).split('.')
const decode = (segment: string | undefined) =>
  JSON.parse(Buffer.from(segment ?? '', 'base64url').toString()) as Record<string, unknown>

test('a person chosen on the page comes back with a code, and the code becomes tokens and a profile', async () => {
  const { app, json, url, exchange, userinfo, get } = start()
  const page = await app.request(url())
  const shown = await page.text()
  expect(shown).toContain('Войти по Сбер ID')
  expect(shown).toContain('Отказаться')
  const form = new URLSearchParams(new URL(url()).search)
  form.set('choice', 'anna')
  const chosen = await app.request('/CSAFront/oidc/authorize.do', { method: 'POST', body: form })
  expect(chosen.status).toBe(303)
  const back = new URL(chosen.headers.get('location') ?? '')
  expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([redirectUri, 's-1'])

  const response = await exchange(back.searchParams.get('code') ?? '')
  expect(response.headers.get('rquid')).toBe(rquid)
  const token = await json(response)
  expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 60 })
  const [header, claims, signature] = segmentsOf(token.id_token)
  expect([decode(header).alg, signature]).toEqual(['none', ''])
  expect(decode(claims)).toMatchObject({ iss: 'id-sb.sber.ru', aud: client.clientId, nonce: 'n-1' })

  const profile = await json(await userinfo(token.access_token))
  expect(profile).toEqual({
    iss: 'id-sb.sber.ru',
    sub: decode(claims).sub,
    aud: client.clientId,
    email: 'anna.sokolova@example.com',
    phone_number: '+7 (999) 0000001',
    family_name: 'Соколова',
    given_name: 'Анна',
    middle_name: 'Игоревна',
  })
  const headers = { authorization: `Bearer ${token.access_token}`, rquid }
  expect((await get('/api/v2/auth/completed', headers)).status).toBe(204)
})

test('a person who refuses comes back with access_denied', async () => {
  const { signIn, app, url } = start()
  expect(Object.fromEntries(await signIn(null))).toEqual({ error: 'access_denied', state: 's-1' })
  const form = new URLSearchParams(new URL(url()).search)
  form.set('refuse', 'yes')
  const refused = await app.request('/CSAFront/oidc/authorize.do', { method: 'POST', body: form })
  expect(refused.headers.get('location')).toBe(`${redirectUri}?error=access_denied&state=s-1`)
})

test('a wrong request goes back with its error, and one with no known way back does not', async () => {
  const { app, url } = start()
  const errorOf = async (change: Record<string, string | undefined>) => {
    const response = await app.request(url(change))
    const location = response.headers.get('location')
    return location ? new URL(location).searchParams.get('error') : response.status
  }
  expect(await errorOf({ response_type: 'token' })).toBe('unsupported_response_type')
  expect(await errorOf({ scope: 'email openid' })).toBe('invalid_scope')
  expect(await errorOf({ scope: 'openid maindoc' })).toBe('invalid_scope')
  expect(await errorOf({ state: 's'.repeat(97) })).toBe('invalid_request')
  expect(await errorOf({ state: undefined })).toBe('invalid_request')
  expect(await errorOf({ nonce: 'n'.repeat(65) })).toBe('invalid_request')
  expect(await errorOf({ code_challenge_method: 'plain' })).toBe('invalid_request')
  expect(await errorOf({ code_challenge_method: undefined })).toBe('invalid_request')
  expect(await errorOf({ client_id: 'other' })).toBe(400)
  expect(await errorOf({ redirect_uri: `${redirectUri}/` })).toBe(400)
  expect(await errorOf({ state: 's'.repeat(96), nonce: 'n'.repeat(64) })).toBe(200)
})

test('a code works once, for 60 seconds, and a second use takes back the first token', async () => {
  const { codeOf, exchange, userinfo, json, pass } = start()
  const code = await codeOf('anna')
  const { access_token } = await json(await exchange(code))
  expect((await userinfo(access_token)).status).toBe(200)
  const again = await exchange(code)
  expect([again.status, await json(again)]).toEqual([
    400,
    { httpCode: '400', httpMessage: 'Bad Request', moreInformation: 'invalid_grant' },
  ])
  expect((await userinfo(access_token)).status).toBe(401)
  const late = await codeOf('anna')
  pass(60_000)
  expect((await exchange(late)).status).toBe(400)
})

test('a wrong verifier, address, secret or call number is refused, and a failed exchange spends the code', async () => {
  const { codeOf, exchange, json } = start()
  const code = await codeOf('anna')
  const refusal = async (change: Record<string, string>, headers?: Record<string, string>) =>
    (await json(await exchange(code, change, headers))).moreInformation
  expect(await refusal({}, {})).toBe('Empty header: rquid')
  expect(await refusal({}, { rquid: crypto.randomUUID() })).toBe('Invalid header: rquid')
  expect(await refusal({ client_id: 'other' })).toBe('Client id not registered.')
  expect(await refusal({ client_secret: 'other' })).toBe('invalid_client')
  expect(await refusal({ grant_type: 'password' })).toBe('unsupported_grant_type')
  expect(await refusal({ code_verifier: 'w'.repeat(43) })).toBe('invalid_grant')
  expect(await refusal({})).toBe('invalid_grant')
  const other = await codeOf('anna')
  expect((await exchange(other, { redirect_uri: 'https://evil.example' })).status).toBe(400)
  const bare = await codeOf('anna', { code_challenge: undefined, code_challenge_method: undefined })
  expect((await exchange(bare)).status).toBe(400)
})

test('subjects are a UUID or 80 hex digits, with others of the same person, and the e-mail may be missing', async () => {
  const { tokens, userinfo, json, control } = start()
  const boris = decode(segmentsOf((await tokens('boris')).id_token)[1])
  expect(boris.sub).toMatch(/^[0-9a-f]{80}$/)
  expect(boris.sub_alt).toHaveLength(1)
  const vera = await json(await userinfo((await tokens('vera')).access_token))
  expect(Object.keys(vera).sort()).toEqual(['aud', 'family_name', 'given_name', 'iss', 'phone_number', 'sub'])
  const added = await control('POST', '/_sim/people', { id: 'gleb', sub: 'sub-g', email: 'gleb@example.com' })
  expect(added.status).toBe(201)
  expect(await json(await userinfo((await tokens('gleb')).access_token))).toMatchObject({ sub: 'sub-g' })
})

test('by settings the token lies about its nonce, audience, issuer and time, and the profile about its owner', async () => {
  const { tokens, userinfo, json, control } = start()
  const claimsWith = async (...deviations: string[]) => {
    await control('PUT', '/_sim/settings', { deviations })
    return decode(segmentsOf((await tokens('anna')).id_token)[1])
  }
  expect((await claimsWith('wrong-nonce')).nonce).not.toBe('n-1')
  expect((await claimsWith('wrong-aud')).aud).not.toBe(client.clientId)
  expect((await claimsWith('aud-many')).aud).toHaveLength(2)
  expect((await claimsWith('no-azp')).azp).toBeUndefined()
  for (const claim of ['nonce', 'aud', 'iss', 'exp', 'iat', 'sub'] as const)
    expect(await claimsWith(`no-${claim}`)).not.toHaveProperty(claim)
  expect((await claimsWith('aud-upper')).aud).toBe(client.clientId.toUpperCase())
  expect((await claimsWith('wrong-iss')).iss).not.toBe('id-sb.sber.ru')
  expect(Number((await claimsWith('expired')).exp)).toBeLessThan(Date.parse('2026-11-23T10:00:00Z') / 1000)
  await control('PUT', '/_sim/settings', { deviations: ['userinfo-wrong-sub'] })
  const { access_token, id_token } = await tokens('anna')
  expect((await json(await userinfo(access_token))).sub).not.toBe(decode(segmentsOf(id_token)[1]).sub)
  expect((await control('PUT', '/_sim/settings', { deviations: ['other'] })).status).toBe(400)
})

test('by settings the token is signed with RS256, wears a GOST header, or has two segments', async () => {
  const { app, tokens, control } = start()
  await control('PUT', '/_sim/settings', { alg: 'RS256' })
  const key = createPublicKey(await (await app.request('/_sim/key')).text())
  const isSigned = async () => {
    const [header, claims, signature] = segmentsOf((await tokens('anna')).id_token)
    return verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      key,
      Buffer.from(signature ?? '', 'base64url'),
    )
  }
  expect(await isSigned()).toBe(true)
  await control('PUT', '/_sim/settings', { alg: 'RS256', deviations: ['wrong-signature'] })
  expect(await isSigned()).toBe(false)
  await control('PUT', '/_sim/settings', { alg: 'gost34-10.2012' })
  expect(decode(segmentsOf((await tokens('anna')).id_token)[0]).alg).toBe('gost34-10.2012')
  await control('PUT', '/_sim/settings', { deviations: ['signed-none'] })
  expect(segmentsOf((await tokens('anna')).id_token)[2]).not.toBe('')
  await control('PUT', '/_sim/settings', { segments: 2 })
  expect(segmentsOf((await tokens('anna')).id_token)).toHaveLength(2)
})

test('an old or unknown access token gets the answer of the gateway, and so does a wrong method', async () => {
  const { tokens, userinfo, get, pass, json } = start()
  const { access_token } = await tokens('anna')
  expect((await get('/ru/prod/sberbankid/v2.1/userinfo', {})).status).toBe(400)
  expect(await json(await userinfo('unknown'))).toMatchObject({
    httpCode: '401',
    httpMessage: 'Unauthorized',
  })
  pass(60_000)
  expect((await userinfo(access_token)).status).toBe(401)
  expect(
    (await get('/api/v2/auth/completed', { rquid, authorization: `Bearer ${access_token}` })).status,
  ).toBe(401)
  expect((await get('/ru/prod/tokens/v2/oidc', { rquid })).status).toBe(405)
})

test('an exchange behind a timeout has spent its code', async () => {
  const { codeOf, exchange, control } = start()
  const faults = [{ operation: 'POST /ru/prod/tokens/v2/oidc', kind: 'timeout-after-acting', delayMs: 5 }]
  await control('POST', '/_sim/faults', { faults })
  const code = await codeOf('anna')
  expect((await exchange(code)).status).toBe(504)
  expect((await exchange(code)).status).toBe(400)
})

test('by settings a call is refused in the words of the gateway or of OAuth, or sent elsewhere', async () => {
  const { codeOf, exchange, json, control } = start()
  const refusal = async (settings: object) => {
    await control('PUT', '/_sim/settings', settings)
    const answer = await exchange(await codeOf('anna'))
    return [answer.status, answer.status < 400 ? answer.headers.get('location') : await json(answer)]
  }
  expect(await refusal({ refuses: { call: 'token', status: 429 } })).toEqual([
    429,
    { httpCode: '429', httpMessage: 'Too Many Requests', moreInformation: 'simulated refusal' },
  ])
  expect(await refusal({ refuses: { call: 'token', status: 400 }, errors: 'oauth' })).toEqual([
    400,
    { error: 'simulated refusal', error_description: 'Bad Request' },
  ])
  expect(await refusal({ refuses: { call: 'token', status: 307 } })).toEqual([
    307,
    '/ru/prod/tokens/v2/oidc/elsewhere',
  ])
})

test('by settings the answer is too long, a JWT, or has no number or a strange one', async () => {
  const { codeOf, exchange, tokens, userinfo, control } = start()
  const rquidWith = async (deviation: string) => {
    await control('PUT', '/_sim/settings', { deviations: [deviation] })
    return (await exchange(await codeOf('anna'))).headers.get('rquid')
  }
  expect(await rquidWith('no-rquid')).toBeNull()
  expect(await rquidWith('wrong-rquid')).toBe('0'.repeat(32))
  await control('PUT', '/_sim/settings', { deviations: ['huge-userinfo'] })
  expect((await (await userinfo((await tokens('anna')).access_token)).text()).length).toBeGreaterThan(65_536)
  await control('PUT', '/_sim/settings', { deviations: ['userinfo-jwt'] })
  const jwt = await userinfo((await tokens('anna')).access_token)
  expect(jwt.headers.get('content-type')).toBe('application/jwt')
  expect(segmentsOf(await jwt.text())).toHaveLength(3)
})

test('over mutual TLS it talks to a certificate of its own authority and to no other', async () => {
  const servers = createAuthority('Servers')
  const clients = createAuthority('Clients')
  const server = servers.issue('localhost', { hosts: ['localhost'] })
  const { url, stop } = serveMutualTls(createSberIdSimulator(), {
    ...server,
    clientAuthority: clients.certificate,
  })
  const statusFor = (shown?: Certificate): Promise<number | string> =>
    new Promise((done) => {
      const options = { ca: servers.certificate, agent: false as const }
      const tls = shown ? { ...options, cert: shown.certificate, key: shown.key } : options
      const asked = request(`${url}/api/v2/auth/completed`, { ...tls, headers: { rquid } }, (answer) => {
        answer.resume()
        done(answer.statusCode ?? 0)
      })
      asked.on('error', () => done('refused')).end()
    })
  expect(await statusFor(clients.issue('kontora', { client: true }))).toBe(401)
  expect(await statusFor()).toBe('refused')
  expect(await statusFor(createAuthority('Strangers').issue('kontora', { client: true }))).toBe('refused')
  await stop()
})
