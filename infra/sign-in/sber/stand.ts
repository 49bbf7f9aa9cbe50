import type { Sql } from '../../../packages/postgres/index.ts'
import { migrations } from '../../../services/auth/src/migrations.node.ts'
import { simulators } from '../../simulators/index.ts'
import { type Authority, createAuthority, serveMutualTls } from '../../simulators/sber-id/mutual-tls.ts'
import { freePort, testDatabase } from '../../testing/index.ts'
import { type AuthProcess, authSettings, runAuth } from '../auth-process.ts'

export const clientSecret = 'what-only-sber-and-we-know'
export const passphrase = 'what-seals-our-key'
const redirectUri = 'https://kontora.test/auth/v1/sber-id/callback'

/** How a service is set up: by which rule it takes an id_token, or what is wrong with its certificates. */
export type Setup = 'none' | 'RS256' | 'tls' | 'no-certificate' | 'strange-certificate' | 'strange-authority'

export type Auth = AuthProcess & { setup: Setup; sql: Sql }

/** The bank with its two authorities, our Postgres, and `auth` as processes of its own, each set up differently. */
export const openStand = async () => {
  const { sql, url, close } = await testDatabase({ name: 'auth', migrations })
  // Replicas share the notices to the bank, and those that cannot reach it would give them up.
  const apart = await testDatabase({ name: 'auth', migrations })
  const servers = createAuthority('Servers of the bank')
  const clients = createAuthority('Clients of the bank')
  const sber = simulators['sber-id']({ clientId: 'Kontora-1', clientSecret, redirectUri })
  const certificate = servers.issue('localhost', { hosts: ['localhost'] })
  const bank = serveMutualTls(sber, { ...certificate, clientAuthority: clients.certificate })
  // Kafka, client and notification, none of which a sign-in by Сбер ID waits for.
  const others = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => Response.json([]) })
  const running: Auth[] = []

  const control = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await sber.app.request(path, { method, ...(body && { body: JSON.stringify(body) }) })
    const text = await answer.text()
    return (answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T
  }
  const tokenKey = await control<string>('GET', '/_sim/key')

  const start = async (setup: Setup): Promise<Auth> => {
    const port = await freePort()
    const env = {
      ...authSettings(isStrange(setup) ? apart.url : url, `http://127.0.0.1:${others.port}`),
      ...sberSettings(setup, { servers, clients, bankUrl: bank.url, tokenKey }),
    }
    const auth = { ...(await runAuth(env, port)), setup, sql: isStrange(setup) ? apart.sql : sql }
    running.push(auth)
    return auth
  }
  const stop = async () => {
    await Promise.all(running.map((auth) => auth.stop()))
    await bank.stop()
    await others.stop(true)
    sber.close()
    await close()
    await apart.close()
  }
  return { sql, sber, control, start, stop, running }
}
export type Stand = Awaited<ReturnType<typeof openStand>>

const isStrange = (setup: Setup): boolean => !['none', 'RS256', 'tls'].includes(setup)

type Bank = { servers: Authority; clients: Authority; bankUrl: string; tokenKey: string }

const sberSettings = (setup: Setup, { servers, clients, bankUrl, tokenKey }: Bank) => {
  const authority = setup === 'strange-certificate' ? createAuthority('Strangers') : clients
  const ours = authority.issue('kontora', { client: true, passphrase })
  return {
    SBER_ID_CLIENT_ID: 'Kontora-1',
    SBER_ID_CLIENT_SECRET: clientSecret,
    SBER_ID_AUTHORIZE_URL: 'https://id.example/CSAFront/oidc/authorize.do',
    SBER_ID_BACKCHANNEL_URL: bankUrl,
    SBER_ID_REDIRECT_URI: redirectUri,
    SBER_ID_ISSUER: 'id-sb.sber.ru',
    SBER_ID_TOKEN_ALG: setup === 'RS256' || setup === 'tls' ? setup : 'none',
    SBER_ID_TOKEN_KEY: tokenKey,
    SBER_ID_COMPLETED: 'true',
    SBER_ID_IPV4: 'true',
    ...(setup !== 'no-certificate' && {
      SBER_ID_CERTIFICATE: ours.certificate,
      SBER_ID_CERTIFICATE_KEY: ours.key,
      SBER_ID_CERTIFICATE_PASSPHRASE: passphrase,
      SBER_ID_CA: setup === 'strange-authority' ? clients.certificate : servers.certificate,
    }),
  }
}
