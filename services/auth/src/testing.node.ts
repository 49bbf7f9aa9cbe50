import { createTestAccess } from '@kontora/access/testing'
import { createHealth, createLog, createSeal, createTokenVerifier } from '@kontora/service'
import { simulators } from '@kontora/simulators'
import { testDatabase } from '@kontora/testing'
import { uuidv7 } from '@kontora/validation'
import { Hono } from 'hono'
import { compactDecrypt, exportJWK, generateKeyPair, type JWK } from 'jose'
import { app } from './app.ts'
import { withOwnPage } from './authorize/own-page.ts'
import { ratesOf } from './budgets/rate.ts'
import { createDirectory } from './client/client.ts'
import { resolveFlows } from './codes/resolve-flows.ts'
import { createKeyring } from './keys/keyring.ts'
import { migrations } from './migrations.node.ts'
import { createLetterKeySource } from './notification/letter-keys.ts'
import type { Resources } from './resources.ts'
import { createSberId, type SberIdSettings } from './sber-id/client.ts'
import { createCodePeppers } from './secrets/code-pepper.ts'
import { createPepper } from './secrets/pepper.ts'
import { createOwnToken } from './tokens/own-token.ts'

export const issuer = 'https://kontora.test/auth'

const secret = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')

export type Letter = { email: string; code: string; locale: string; expiresAt: string; purpose: string }

/** A double of our own `client` and `notification` at their HTTP border, and everything of `auth` for real. */
export const openWorld = async () => {
  const { sql, ownerSql, url, close } = await testDatabase({ name: 'auth', migrations })
  let time = Date.parse('2026-11-23T10:00:00Z')
  const now = () => new Date(time)
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
  const newId = () => uuidv7(now(), random(10))
  const lines: string[] = []

  const users = new Map<string, { userId: string; blocked: boolean }>()
  const down = { client: false, notification: false }
  const letterPair = await generateKeyPair('ECDH-ES', { extractable: true })
  const { publicKey: next } = await generateKeyPair('ECDH-ES', { crv: 'P-256' })
  const keyToCome = { ...(await exportJWK(next)), kid: 'letter-2', use: 'enc' }
  const letterKey = { ...(await exportJWK(letterPair.publicKey)), kid: 'letter-1', use: 'enc' }
  const others = new Hono()
    .post('/client/v1/addresses/resolve', async (c) => {
      const { email } = (await c.req.json()) as { email: string }
      return c.json(users.get(email) ?? { userId: null, blocked: false })
    })
    .post('/client/v1/addresses/read', async (c) => {
      const { userIds } = (await c.req.json()) as { userIds: string[] }
      const known = [...users].filter(([, { userId, blocked }]) => !blocked && userIds.includes(userId))
      return c.json({ people: known.map(([email, { userId }]) => ({ userId, email })) })
    })
    .post('/client/v1/addresses/register', async (c) => {
      const { email } = (await c.req.json()) as { email: string }
      const user = users.get(email) ?? { userId: newId(), blocked: false }
      users.set(email, user)
      return c.json(user, 201)
    })
    // The second is to come: whoever used it now would send letters that nobody opens here.
    .get('/notification/letter-keys.json', (c) => c.json({ keys: [letterKey, keyToCome] }))
  const ask = (async (input: string, init?: RequestInit) => {
    const { pathname } = new URL(input)
    const name = pathname.split('/')[1] as keyof typeof down
    if (down[name]) throw new TypeError('refused')
    return others.request(pathname, init)
  }) as typeof fetch

  const sberSettings: SberIdSettings = {
    ...{
      clientId: 'AB12cd34-0000-4000-8000-00000000000f',
      clientSecret: 'sber-secret-1',
      issuer: 'id-sb.sber.ru',
    },
    authorizeUrl: 'https://id.example/CSAFront/oidc/authorize.do',
    backchannelUrl: 'https://oauth.example',
    redirectUri: 'https://kontora.test/auth/v1/sber-id/callback',
    ...{ tokenAlg: 'none', tokenKey: undefined, tellsCompleted: true, sendsIbmClientId: false },
    paths: {
      token: '/ru/prod/tokens/v2/oidc',
      userinfo: '/ru/prod/sberbankid/v2.1/userinfo',
      completed: '/api/v2/auth/completed',
    },
  }
  const sber = simulators['sber-id']({ ...sberSettings, now })
  const askSber = (async (input: string, init?: RequestInit) =>
    sber.app.request(input, init)) as unknown as typeof fetch

  const sealKey = secret()
  const seal = createSeal(sealKey)
  const pepperKey = secret()
  const keyring = createKeyring({ sql, seal, now })
  const machine = await generateKeyPair('Ed25519', { extractable: true })
  const testAccess = await createTestAccess({ sql, now, service: 'auth' })
  const resources: Resources = {
    sql,
    now,
    newId,
    random,
    log: createLog('auth', now, (line) => lines.push(line)),
    health: createHealth(),
    issuer,
    registration: 'invited',
    access: testAccess.access,
    verifyToken: createTokenVerifier({
      issuer,
      audience: ['portal', 'auth'],
      key: keyring.verificationKey,
      now,
    }),
    pepper: createPepper(pepperKey),
    codePeppers: createCodePeppers({ sql, seal, now, newId, random }),
    seal,
    keyring,
    machineClients: new Map<string, JWK>([['payment', await exportJWK(machine.publicKey)]]),
    browserClients: withOwnPage(
      new Map([
        [
          'payment',
          {
            redirectUris: ['https://kontora.test/payment/sign-in/callback'],
            signOutUris: ['https://kontora.test/payment/'],
          },
        ],
        ['spa', { redirectUris: ['https://spa.test/back', 'https://spa.test/back?tab=1'], signOutUris: [] }],
      ]),
      { issuer },
    ),
    directory: createDirectory({
      url: 'https://kontora.test/client',
      ask,
      token: createOwnToken({ keyring, issuer, now, newId }, 'client'),
    }),
    sberId: createSberId(sberSettings, { ask: askSber, now, newId }),
    openids: [],
    relyingParty: { id: 'kontora.test', name: 'Kontora', origins: ['https://kontora.test'] },
    secureCookies: true,
    proxies: { trusted: [], header: 'x-test-address', countryHeader: 'x-test-country' },
    rates: ratesOf({
      CODES_PER_NETWORK_HOUR: 20,
      GUESSES_PER_NETWORK_HOUR: 60,
      CODES_PER_HOUR: 1_000_000,
      GUESSES_PER_HOUR: 1_000_000,
    }),
    letterKeys: createLetterKeySource('https://kontora.test/notification/letter-keys.json', ask),
  }

  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    app.request(
      path,
      {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      },
      resources,
    )
  const form = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    app.request(path, { method: 'POST', body: new URLSearchParams(fields), headers }, resources)
  const get = (path: string, headers: Record<string, string> = {}) =>
    app.request(path, { headers }, resources)

  const events = async (type: string) => {
    const rows = await sql<{ data: Record<string, string> }[]>`
      select data from outbox where type = ${type} order by position`
    return rows.map(({ data }) => data)
  }
  const open = async (letter: string) => {
    const { plaintext } = await compactDecrypt(letter, letterPair.privateKey)
    return JSON.parse(new TextDecoder().decode(plaintext)) as Letter
  }
  const letters = async (): Promise<Letter[]> =>
    Promise.all((await events('auth.code-requested')).map(({ letter = '' }) => open(letter)))
  /** As its letter says, or nothing when none was sent. */
  const codeOf = async (flowId: string): Promise<string | undefined> => {
    const [row] = await sql<{ data: { letter: string } }[]>`
      select data from outbox where type = 'auth.code-requested' and data ->> 'flowId' = ${flowId}`
    return row && (await open(row.data.letter)).code
  }

  /** A flow that was asked for and resolved, with the code that its letter holds. */
  const askFor = async (email: string, headers: Record<string, string> = {}) => {
    const before = (await letters()).length
    const answer = await post('/v1/codes', { email }, headers)
    const { flowId, flowSecret } = (await answer.json()) as { flowId: string; flowSecret: string }
    await resolveFlows(resources)
    const letter = (await letters()).slice(before).findLast((one) => one.email === email)
    return { flowId, flowSecret, code: letter?.code ?? '' }
  }
  const invite = (email: string) => {
    const user = { userId: newId(), blocked: false }
    users.set(email, user)
    return user
  }
  const signInAs = async (email: string, headers: Record<string, string> = {}) =>
    (await (await post('/v1/sign-in', await askFor(email), headers)).json()) as {
      accessToken: string
      refreshToken: string
      userId: string
      sessionId: string
    }

  /** The second proof of whoever has no passkey: a code that is asked for by his session. */
  const proveByCode = async (accessToken: string, email: string) => {
    const bearer = { authorization: `Bearer ${accessToken}` }
    const before = (await letters()).length
    const asked = await (await post('/v1/second-proof/codes', {}, bearer)).json()
    await resolveFlows(resources)
    const letter = (await letters()).slice(before).findLast((one) => one.email === email)
    const { flowId, flowSecret } = asked as { flowId: string; flowSecret: string }
    const proof = { way: 'code', flowId, flowSecret, code: letter?.code ?? '' }
    const answer = await post('/v1/second-proof', proof, bearer)
    return ((await answer.json()) as { accessToken: string }).accessToken
  }

  return {
    ...{
      resources,
      sql,
      ownerSql,
      url,
      close,
      users,
      down,
      lines,
      sealKey,
      pepperKey,
      machineKey: machine.privateKey,
      testAccess,
      sber,
    },
    sberIdWith: (change: Partial<SberIdSettings>) =>
      createSberId({ ...sberSettings, ...change }, { ask: askSber, now, newId }),
    ...{ post, form, get, events, letters, codeOf, askFor, invite, signInAs, proveByCode },
    resolve: () => resolveFlows(resources),
    pass: (ms: number) => {
      time += ms
    },
  }
}
export type World = Awaited<ReturnType<typeof openWorld>>
