import * as v from 'valibot'
import { type IdTokenRules, isForUs, readIdToken, Subject } from './id-token.ts'
import { SberIdFault } from './sber-id-fault.ts'

export type SberIdSettings = IdTokenRules & {
  clientSecret: string
  authorizeUrl: string
  backchannelUrl: string
  redirectUri: string
  tellsCompleted: boolean
  paths: { token: string; userinfo: string; completed: string }
  sendsIbmClientId: boolean
}

/** `rquid` is one for all calls of a login: 32 hex digits. */
export type Completion = { accessToken: string; rquid: string }
export type SberPerson = { subjects: string[]; completion: Completion }
type Challenge = { state: string; nonce: string; challenge: string }
type Return = { code: string; verifier: string; nonce: string; rquid: string; now: Date }

export type SberId = {
  tellsCompleted: boolean
  /** False where the runtime can show no certificate: then nobody is sent there. */
  canAsk: boolean
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

/** `ask` brings the client certificate and the Russian CA; undefined where the runtime cannot. */
export const createSberId = (settings: SberIdSettings, ask: typeof fetch | undefined): SberId => ({
  tellsCompleted: settings.tellsCompleted,
  canAsk: ask !== undefined,
  authorizeUrl: (challenge) => authorizeUrl(settings, challenge),
  identify: async ({ code, verifier, nonce, rquid, now }) => {
    const { access_token, id_token } = await exchange(settings, ask, code, verifier, rquid)
    const subjects = await readIdToken(id_token, settings, nonce, now)
    const { sub, aud } = await readUserinfo(settings, ask, access_token, rquid)
    if (sub !== subjects[0] || !isForUs(aud, settings.clientId))
      throw new SberIdFault('untrusted', 'userinfo speaks of another person or to another client')
    return { subjects, completion: { accessToken: access_token, rquid } }
  },
  tellCompleted: async ({ accessToken, rquid }) => {
    const headers = { rquid, authorization: `Bearer ${accessToken}`, ...ibmClientId(settings) }
    const { backchannelUrl, paths } = settings
    const { status } = await call(ask, `${backchannelUrl}${paths.completed}`, { headers })
    if (status !== 204) throw new SberIdFault('refused', `status ${status} where 204 means told`)
  },
})

const authorizeUrl = (settings: SberIdSettings, { state, nonce, challenge }: Challenge): string => {
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
}

const ibmClientId = ({ sendsIbmClientId, clientId }: SberIdSettings): Record<string, string> =>
  sendsIbmClientId ? { 'x-ibm-client-id': clientId } : {}

const exchange = async (
  settings: SberIdSettings,
  ask: typeof fetch | undefined,
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
  const headers = { rquid, accept: 'application/json', ...ibmClientId(settings) }
  const url = `${settings.backchannelUrl}${settings.paths.token}`
  const answer = await call(ask, url, { method: 'POST', headers, body })
  // An absent echo proves nothing; a strange one is the answer to somebody else's call.
  if (answer.rquid !== null && answer.rquid.toLowerCase() !== rquid)
    throw new SberIdFault('untrusted', 'an answer to another call')
  return parse(Tokens, answer.text)
}

const readUserinfo = async (
  settings: SberIdSettings,
  ask: typeof fetch | undefined,
  accessToken: string,
  rquid: string,
): Promise<v.InferOutput<typeof Userinfo>> => {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    'x-introspect-rquid': rquid,
    accept: 'application/json',
    ...ibmClientId(settings),
  }
  const { text } = await call(ask, `${settings.backchannelUrl}${settings.paths.userinfo}`, { headers })
  return parse(Userinfo, text)
}

const parse = <Schema extends v.GenericSchema>(schema: Schema, text: string): v.InferOutput<Schema> => {
  try {
    return v.parse(schema, JSON.parse(text))
  } catch {
    throw new SberIdFault('untrusted', 'an answer of another shape')
  }
}

export const mostBytes = 64 * 1024
const mostMs = 10_000

type Answer = { status: number; rquid: string | null; text: string }

const call = async (ask: typeof fetch | undefined, url: string, init: RequestInit): Promise<Answer> => {
  if (!ask) throw new SberIdFault('unreachable', 'no certificate can be shown from here')
  try {
    const response = await ask(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(mostMs) })
    const { status, headers } = response
    if (!response.ok) throw new SberIdFault(status >= 500 ? 'unreachable' : 'refused', `status ${status}`)
    return { status, rquid: headers.get('rquid'), text: await readShort(response) }
  } catch (error) {
    throw error instanceof SberIdFault ? error : new SberIdFault('unreachable', 'no answer')
  }
}

const readShort = async (response: Response): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new SberIdFault('untrusted', 'a longer answer than any right one')
    text += decoder.decode(chunk, { stream: true })
  }
  return text
}
