import { importJWK, type JWK, SignJWT } from 'jose'
import { lettersTo } from '../../stack/story/people.ts'
import { eventually } from '../../stack/story/world.ts'
import type { Secret } from './find-secrets.ts'
import type { WholeStack } from './whole-stack.ts'

type Flow = { flowId: string; flowSecret: string }
type Tokens = { accessToken: string; refreshToken: string; userId: string; sessionId: string }
export type Asked = { email: string; flow: Flow; known: Set<string> }

const cookiesOf = (answer: Response): string[] =>
  answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')

/** A token, and its parts: a signature alone would do where the rest is guessed. */
const tokenSecrets = (kind: string, token: string, beside: string[]): Secret[] => [
  { kind, text: token, beside },
  ...token
    .split('.')
    .slice(1)
    .map((text) => ({ kind: `part of ${kind}`, text, beside })),
]

/** Every secret that people and machines of a stack get, as they get it. */
export const createBusyRun = ({ world, place, secrets }: WholeStack) => {
  const given: Secret[] = []
  const give = (kind: string, text: string, beside: string[]) => given.push({ kind, text, beside })

  const send = (path: string, init: RequestInit): Promise<Response> =>
    fetch(`${place.url}/auth${path}`, { redirect: 'manual', ...init, signal: AbortSignal.timeout(20_000) })
  const post = (path: string, body: object): Promise<Response> =>
    send(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'user-agent': 'busy' },
    })
  const form = (fields: Record<string, string>): Promise<Response> =>
    send('/v1/token', {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { 'user-agent': 'busy' },
    })

  const keepTokens = ({ accessToken, refreshToken, userId, sessionId }: Tokens) => {
    given.push(...tokenSecrets('access token', accessToken, [userId, sessionId]))
    give('refresh token', refreshToken, [userId, sessionId])
    const proof = Buffer.from(refreshToken, 'base64url').toString().split('.').at(-1) ?? ''
    give('part of refresh token', proof, [userId, sessionId])
  }

  const ask = async (email: string): Promise<Asked> => {
    const known = new Set((await lettersTo(world, email)).map(({ id }) => id))
    const flow = (await (await post('/v1/codes', { email })).json()) as Flow
    give('flow secret', flow.flowSecret, [flow.flowId, email])
    return { email, flow: { flowId: flow.flowId, flowSecret: flow.flowSecret }, known }
  }
  const readCode = async ({ email, flow, known }: Asked): Promise<string> => {
    const code = await eventually(world, 'the letter with the code', async () => {
      const letter = (await lettersTo(world, email)).find(({ id }) => !known.has(id))
      return letter && /\b\d{6}\b/.exec(letter.text)?.[0]
    })
    give('code', code, [flow.flowId, email])
    return code
  }

  const signIn = async (email: string): Promise<Tokens> => {
    const asked = await ask(email)
    const answer = await post('/v1/sign-in', { ...asked.flow, code: await readCode(asked) })
    const tokens = (await answer.json()) as Tokens
    keepTokens(tokens)
    for (const cookie of cookiesOf(answer)) {
      const text = cookie.slice(cookie.indexOf('=') + 1)
      for (const part of [text, ...text.split('.')]) give('device cookie', part, [tokens.userId, email])
    }
    return tokens
  }
  const refresh = async ({ userId, sessionId, refreshToken }: Tokens): Promise<Tokens> => {
    const answer = await form({ grant_type: 'refresh_token', refresh_token: refreshToken })
    const body = (await answer.json()) as { access_token: string; refresh_token: string }
    const next = { userId, sessionId, accessToken: body.access_token, refreshToken: body.refresh_token }
    keepTokens(next)
    return next
  }

  /** What the browser is told by Сбер ID; its state, nonce and challenge are seen there too. */
  const comeBack = async (person: string): Promise<object> => {
    const start = await send('/v1/sber-id/start', {})
    const [cookie = ''] = cookiesOf(start)
    const url = new URL(start.headers.get('location') ?? '')
    give('secret of a login', cookie.slice(cookie.indexOf('=') + 1), [])
    for (const name of ['state', 'nonce', 'code_challenge'])
      give(`${name} of a login`, url.searchParams.get(name) ?? '', [])
    const agreed = { body: { url: url.href, person } }
    const { redirect } = await world.post<{ redirect: string }>(
      world.at('sber-id', '/_sim/authorize'),
      agreed,
    )
    give('code of Сбер ID', new URL(redirect).searchParams.get('code') ?? '', [])
    const back = await fetch(redirect, { redirect: 'manual', headers: { cookie } })
    return (await back.json()) as object
  }
  const joinSber = async (email: string, person: string): Promise<void> => {
    const { linkId, linkSecret } = (await comeBack(person)) as { linkId: string; linkSecret: string }
    give('link secret', linkSecret, [linkId, email])
    const asked = await ask(email)
    const code = await readCode(asked)
    keepTokens(
      (await (await post('/v1/sber-id/link', { linkId, linkSecret, ...asked.flow, code })).json()) as Tokens,
    )
    keepTokens((await comeBack(person)) as Tokens)
  }

  const askAsMachine = async (name: 'payment' | 'documents'): Promise<void> => {
    const time = Math.floor(Date.now() / 1000)
    const issuer = `${place.url}/auth`
    const claims = { iss: name, sub: name, aud: issuer, iat: time, exp: time + 60, jti: crypto.randomUUID() }
    const key = await importJWK(secrets.machineKeys[name] as JWK, 'EdDSA')
    const assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA' }).sign(key)
    const answer = await form({
      ...{ grant_type: 'client_credentials', audience: 'client', client_assertion: assertion },
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })
    const { access_token } = (await answer.json()) as { access_token: string }
    given.push(...tokenSecrets('machine token', access_token, [name, claims.jti]))
    given.push(...tokenSecrets('assertion', assertion, [name, claims.jti]))
  }

  return { given, ask, readCode, signIn, refresh, joinSber, askAsMachine }
}
