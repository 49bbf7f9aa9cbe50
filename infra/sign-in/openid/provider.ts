import { once } from 'node:events'
import { createServer } from 'node:http'
import { type CryptoKey, decodeJwt, exportJWK, generateKeyPair, type JWK } from 'jose'
import Provider, { type ClientMetadata, type Configuration } from 'oidc-provider'
import { freePort } from '../../testing/index.ts'
import { deviations } from './deviations.ts'

type Place = '/token' | '/me' | '/jwks' | '/.well-known/openid-configuration'

/** What it does wrong, until it is told otherwise. */
export type Behaviour = {
  /** One of `deviations`: what becomes of its id_tokens. */
  token?: string
  /** What it says at this place instead. */
  instead?: { at: Place; status?: number; body?: string; type?: string; location?: string }
  /** Another's, in userinfo. */
  userinfoSubject?: string
}

type Context = Parameters<Parameters<Provider['use']>[0]>[0]
type Key = { jwk: JWK; privateKey: CryptoKey }

const makeKey = async (kid: string): Promise<Key> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { privateKey, jwk: { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' } }
}

const publicPart = ({ jwk: { kty, n, e, kid, alg, use } }: Key): object => ({ kty, n, e, kid, alg, use })

/** Whoever is there agrees at once, so that no page has to be clicked through. */
const configuration = (client: ClientMetadata, key: Key, chosen: () => string): Configuration => ({
  clients: [{ redirect_uris: [], response_types: ['code'], grant_types: ['authorization_code'], ...client }],
  jwks: { keys: [key.jwk as never] },
  cookies: { keys: ['a key of the cookies'] },
  pkce: { required: () => true },
  ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  findAccount: (_, accountId) => ({
    accountId,
    claims: () => ({ sub: accountId, email: `${chosen()}@example.com`, email_verified: true }),
  }),
  loadExistingGrant: async ({ oidc: { provider, session, client: asking } }) => {
    const grant = new provider.Grant({
      accountId: session?.accountId ?? '',
      clientId: asking?.clientId ?? '',
    })
    grant.addOIDCScope('openid email')
    await grant.save()
    return grant
  },
})

/** `oidc-provider` of npm, as anyone may run it, on a port of its own; all that it does wrong is done to its answers. */
export const startProvider = async (name: string, client: ClientMetadata & { client_secret?: string }) => {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  let key = await makeKey(`${name}-1`)
  let published: object[] = [publicPart(key)]
  let person: string | null = 'anna'
  let behaviour: Behaviour = {}
  const asked: string[] = []
  const given = new Set<string>()
  const provider = new Provider(
    issuer,
    configuration(client, key, () => person ?? 'nobody'),
  )

  const answerOtherwise = async (ctx: Context): Promise<boolean> => {
    const { instead } = behaviour
    if (instead?.at !== ctx.path) return false
    ctx.status = instead.status ?? 200
    if (instead.location) ctx.set('location', instead.location)
    ctx.type = instead.type ?? 'application/json'
    ctx.body = instead.body ?? '{}'
    return true
  }
  const decide = async (ctx: Context): Promise<void> => {
    const verdict =
      person === null
        ? { error: 'access_denied', error_description: 'The person said no' }
        : { login: { accountId: person }, consent: {} }
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, verdict))
  }
  const resign = async (ctx: Context): Promise<void> => {
    const body = ctx.body as { id_token?: string }
    if (body.id_token === undefined) return
    const signer = { ...key, clientSecret: client.client_secret ?? '' }
    const sign = deviations[behaviour.token ?? 'as it is']
    if (!sign) throw new Error(`No such deviation: ${behaviour.token}`)
    ctx.body = { ...body, id_token: await sign(decodeJwt(body.id_token), signer) }
  }
  const noteSecrets = ({ query, body, response }: Context) => {
    const { state, nonce } = query
    const { access_token } = (body ?? {}) as { access_token?: unknown }
    const location = response.get('location')
    const code = URL.canParse(location) ? new URL(location).searchParams.get('code') : null
    for (const secret of [state, nonce, access_token, code])
      if (typeof secret === 'string' && secret.length > 20) given.add(secret)
  }
  provider.use(async (ctx, next) => {
    asked.push(`${ctx.method} ${ctx.path}`)
    if (await answerOtherwise(ctx)) return
    if (ctx.path.startsWith('/interaction/')) return decide(ctx)
    await next()
    noteSecrets(ctx)
    if (ctx.status !== 200) return
    if (ctx.path === '/token') await resign(ctx)
    if (ctx.path === '/jwks') ctx.body = { keys: published }
    if (ctx.path === '/me' && behaviour.userinfoSubject)
      ctx.body = { ...(ctx.body as object), sub: behaviour.userinfoSubject }
  })

  let server = createServer(provider.callback())
  const listen = async () => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen()
  const stop = async () => {
    server.closeAllConnections()
    if (server.listening) server.close()
  }
  return {
    issuer,
    /** Each call that has come in, in order. */
    asked,
    behave: (next: Behaviour) => {
      behaviour = next
    },
    /** Codes and tokens that it has given away, and what it was given for them. */
    given,
    /** Who sits before the browser; null is a person who refuses. */
    seat: (next: string | null) => {
      person = next
    },
    /** Signs by another key from now on, and shows that alone. */
    rotate: async () => {
      key = await makeKey(`${name}-${published.length + 1}-${Date.now()}`)
      published = [publicPart(key)]
    },
    goDown: stop,
    comeBack: async () => {
      server = createServer(provider.callback())
      await listen()
    },
    stop,
  }
}
export type RunningProvider = Awaited<ReturnType<typeof startProvider>>
