import type { Chance } from '@kontora/service'
import * as v from 'valibot'
import { askShortly } from '../identities/ask-shortly.ts'
import { type Person, type Provider, Subject } from '../identities/provider.ts'
import { ProviderFault } from '../identities/provider-fault.ts'
import type { ProviderLogin } from '../identities/provider-login.ts'
import { type IdTokenRules, isForUs, readIdToken } from './id-token.ts'

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

export type SberId = Provider & { tellCompleted: (completion: Completion) => Promise<void> }

/** `ask` brings the client certificate and the Russian CA; undefined where the runtime can show none. */
type Means = Pick<Chance, 'now' | 'newId'> & { ask: typeof fetch | undefined }

const Tokens = v.object({
  access_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,4096}$/)),
  id_token: v.string(),
})
const Userinfo = v.object({ sub: Subject, aud: v.union([v.string(), v.array(v.string())]) })

export const createSberId = (settings: SberIdSettings, { ask, now, newId }: Means): SberId => ({
  name: 'sber-id',
  label: { ru: 'Сбер ID', en: 'Sber ID' },
  canAsk: ask !== undefined,
  authorizeUrl: async (login) => authorizeUrl(settings, login),
  identify: async ({ code, verifier, nonce }): Promise<Person> => {
    const rquid = newId().replaceAll('-', '')
    const { access_token, id_token } = await exchange(settings, ask, code, verifier, rquid)
    const subjects = await readIdToken(id_token, settings, nonce, now())
    const { sub, aud } = await readUserinfo(settings, ask, access_token, rquid)
    if (sub !== subjects[0] || !isForUs(aud, settings.clientId))
      throw new ProviderFault('untrusted', 'userinfo speaks of another person or to another client')
    return { subjects, ...(settings.tellsCompleted && { completion: { accessToken: access_token, rquid } }) }
  },
  tellCompleted: async ({ accessToken, rquid }) => {
    const headers = { rquid, authorization: `Bearer ${accessToken}`, ...ibmClientId(settings) }
    const { backchannelUrl, paths } = settings
    const { status } = await call(ask, `${backchannelUrl}${paths.completed}`, { headers })
    if (status !== 204) throw new ProviderFault('refused', `status ${status} where 204 means told`)
  },
})

const authorizeUrl = (settings: SberIdSettings, { state, nonce, challenge }: ProviderLogin): string => {
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
    throw new ProviderFault('untrusted', 'an answer to another call')
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
    throw new ProviderFault('untrusted', 'an answer of another shape')
  }
}

type Answer = { status: number; rquid: string | null; text: string }

const call = async (
  ask: typeof fetch | undefined,
  url: string,
  init: Parameters<typeof askShortly>[2],
): Promise<Answer> => {
  if (!ask) throw new ProviderFault('unreachable', 'no certificate can be shown from here')
  const response = await askShortly(ask, url, init)
  const { ok, status, headers } = response
  if (!ok) throw new ProviderFault('refused', `status ${status}`)
  return { status, rquid: headers.get('rquid'), text: await response.text() }
}
