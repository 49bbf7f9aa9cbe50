import * as v from 'valibot'
import { type IdTokenRules, isForUs, readIdToken, Subject } from './id-token.ts'
import { SberIdFault } from './sber-id-fault.ts'

export type SberIdSettings = IdTokenRules & {
  clientSecret: string
  authorizeUrl: string
  backchannelUrl: string
  redirectUri: string
  tellsCompleted: boolean
}

/** `rquid` is one for all calls of a login: 32 hex digits. */
export type Completion = { accessToken: string; rquid: string }
export type SberPerson = { subjects: string[]; completion: Completion }
type Challenge = { state: string; nonce: string; challenge: string }
type Return = { code: string; verifier: string; nonce: string; rquid: string; now: Date }

export type SberId = {
  tellsCompleted: boolean
  authorizeUrl: (challenge: Challenge) => string
  /** Spends the code: never repeated. Throws `SberIdFault`. */
  identify: (back: Return) => Promise<SberPerson>
  tellCompleted: (completion: Completion) => Promise<void>
}

const Tokens = v.object({
  access_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,4096}$/)),
  id_token: v.string(),
})
const Userinfo = v.object({ sub: Subject, aud: v.union([v.string(), v.array(v.string())]) })

/** `ask` brings the client certificate and the Russian CA where the runtime can. */
export const createSberId = (settings: SberIdSettings, ask: typeof fetch): SberId => ({
  tellsCompleted: settings.tellsCompleted,
  authorizeUrl: ({ state, nonce, challenge }) => {
    const url = new URL(settings.authorizeUrl)
    const parameters = {
      response_type: 'code',
      client_id: settings.clientId,
      // Only who it is: addresses are proven by our own code, so nothing more is asked for.
      scope: 'openid',
      redirect_uri: settings.redirectUri,
      state,
      nonce,
      client_type: 'PRIVATE',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    }
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    return url.href
  },
  identify: async ({ code, verifier, nonce, rquid, now }) => {
    const { access_token, id_token } = await exchange(settings, ask, code, verifier, rquid)
    const subjects = await readIdToken(id_token, settings, nonce, now)
    const { sub, aud } = await readUserinfo(settings, ask, access_token, rquid)
    if (sub !== subjects[0] || !isForUs(aud, settings.clientId))
      throw new SberIdFault('untrusted', 'userinfo speaks of another person or to another client')
    return { subjects, completion: { accessToken: access_token, rquid } }
  },
  tellCompleted: async ({ accessToken, rquid }) => {
    const headers = { rquid, authorization: `Bearer ${accessToken}` }
    await call(ask, `${settings.backchannelUrl}/api/v2/auth/completed`, { headers })
  },
})

const exchange = async (
  settings: SberIdSettings,
  ask: typeof fetch,
  code: string,
  verifier: string,
  rquid: string,
): Promise<v.InferOutput<typeof Tokens>> => {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    client_id: settings.clientId,
    client_secret: settings.clientSecret,
    redirect_uri: settings.redirectUri,
    code_verifier: verifier,
  })
  const headers = { rquid, accept: 'application/json' }
  const url = `${settings.backchannelUrl}/ru/prod/tokens/v2/oidc`
  return parse(Tokens, await call(ask, url, { method: 'POST', headers, body }))
}

const readUserinfo = async (
  { backchannelUrl }: SberIdSettings,
  ask: typeof fetch,
  accessToken: string,
  rquid: string,
): Promise<v.InferOutput<typeof Userinfo>> => {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    'x-introspect-rquid': rquid,
    accept: 'application/json',
  }
  return parse(Userinfo, await call(ask, `${backchannelUrl}/ru/prod/sberbankid/v2.1/userinfo`, { headers }))
}

const parse = <Schema extends v.GenericSchema>(schema: Schema, text: string): v.InferOutput<Schema> => {
  try {
    return v.parse(schema, JSON.parse(text))
  } catch {
    throw new SberIdFault('untrusted', 'an answer of another shape')
  }
}

const mostBytes = 64 * 1024

const call = async (ask: typeof fetch, url: string, init: RequestInit): Promise<string> => {
  try {
    const response = await ask(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(10_000) })
    if (!response.ok)
      throw new SberIdFault(response.status >= 500 ? 'unreachable' : 'refused', `status ${response.status}`)
    return await readShort(response)
  } catch (error) {
    throw error instanceof SberIdFault ? error : new SberIdFault('unreachable', 'no answer')
  }
}

const readShort = async (response: Response): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > mostBytes) throw new SberIdFault('untrusted', 'a longer answer than any right one')
  }
  return text
}
