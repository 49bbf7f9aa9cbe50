import * as v from 'valibot'
import type { Chance } from '../../chance.ts'
import { signAssertion } from '../../machine-token.ts'
import { Problem } from '../../problem.ts'
import { callbackOf, type PageClient } from './page-client.ts'

export type Tokens = { access: string; refresh: string; expiresInSeconds: number }

const Answer = v.object({ access_token: v.string(), refresh_token: v.string(), expires_in: v.number() })
const Refusal = v.object({ error: v.string() })

type Asking = PageClient & Pick<Chance, 'now' | 'newId'>

const patienceMs = 3000

const away = () => new Problem('unavailable', 'auth cannot be reached', { retryAfterSeconds: 1 })

const post = async (asking: Asking, url: string, fields: Record<string, string>): Promise<Response> => {
  const { name: clientId, issuer, machineKey: key, now, newId, ask } = asking
  const proof = {
    client_id: clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await signAssertion({ issuer, clientId, key, now, newId }),
  }
  const body = new URLSearchParams({ ...fields, ...proof })
  const signal = AbortSignal.timeout(patienceMs)
  return ask(url, { method: 'POST', body, redirect: 'manual', signal }).catch(() => {
    throw away()
  })
}

/** Undefined when `auth` says that this is over; everything else that is no answer is a fault that passes. */
const askTokens = async (asking: Asking, fields: Record<string, string>): Promise<Tokens | undefined> => {
  const answer = await post(asking, asking.tokenUrl, fields)
  const body: unknown = await answer.json().catch(() => undefined)
  if (answer.status === 400 && v.is(Refusal, body) && body.error === 'invalid_grant') return undefined
  if (!answer.ok || !v.is(Answer, body)) throw away()
  return { access: body.access_token, refresh: body.refresh_token, expiresInSeconds: body.expires_in }
}

export const exchange = (asking: Asking, code: string, verifier: string): Promise<Tokens | undefined> =>
  askTokens(asking, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: callbackOf(asking),
  })

export const refresh = (asking: Asking, token: string): Promise<Tokens | undefined> =>
  askTokens(asking, { grant_type: 'refresh_token', refresh_token: token })

/** Ends the session with all tokens of it. Unheard, the person is asked by `auth`'s own page, where he goes next. */
export const revoke = async (asking: Asking, token: string): Promise<void> => {
  const url = asking.tokenUrl.replace(/\/token$/, '/revoke')
  await post(asking, url, { token, token_type_hint: 'refresh_token' }).catch(() => {})
}
