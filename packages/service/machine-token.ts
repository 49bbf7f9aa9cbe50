import { importJWK, type JWK, SignJWT } from 'jose'
import * as v from 'valibot'
import type { Chance } from './chance.ts'
import { keyOfToken } from './key-of-token.ts'
import { Problem } from './problem.ts'
import { sharedQuestion } from './shared-question.ts'

const Answer = v.object({ access_token: v.string(), expires_in: v.number() })

type Options = {
  tokenUrl: string
  /** `auth`'s issuer: the audience of our assertion. */
  issuer: string
  clientId: string
  /** Private JWK as text. */
  key: string
  /** Of a key of `auth`: what it signed is refused everywhere. */
  isWithdrawn: (keyId: string) => Promise<boolean>
} & Pick<Chance, 'now' | 'newId'>

/** RFC 7523: the service proves itself by a signed assertion, 60 s long, used once. */
export const signAssertion = async ({
  issuer,
  clientId,
  key,
  now,
  newId,
}: Omit<Options, 'tokenUrl' | 'isWithdrawn'>): Promise<string> => {
  const jwk = JSON.parse(key) as JWK
  const seconds = Math.floor(now().getTime() / 1000)
  return new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA', ...(jwk.kid && { kid: jwk.kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + 60)
    .setJti(newId())
    .sign(await importJWK(jwk, 'EdDSA'))
}

const patienceMs = 3000

const away = () => new Problem('unavailable', 'The service cannot sign in at auth', { retryAfterSeconds: 1 })

const ask = async (options: Options, audience: string): Promise<v.InferOutput<typeof Answer>> => {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: options.clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await signAssertion(options),
    audience,
  })
  try {
    const response = await fetch(options.tokenUrl, {
      method: 'POST',
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    })
    if (response.ok) return v.parse(Answer, await response.json())
  } catch {
    // Unreachable, late or unreadable: alike for the caller, and the next call asks again.
  }
  throw away()
}

const earlyMs = 30_000

/** A token for one other service (`audience` is its name), kept until shortly before it ends; callers at once share one question. */
export const createMachineTokens = (options: Options) => {
  const kept = new Map<string, { token: string; until: number }>()
  const questions = new Map<string, ReturnType<typeof sharedQuestion<string>>>()

  const askAnew = async (audience: string): Promise<string> => {
    const time = options.now().getTime()
    const { access_token: token, expires_in } = await ask(options, audience)
    kept.set(audience, { token, until: time + expires_in * 1000 - earlyMs })
    return token
  }

  return async (audience: string): Promise<string> => {
    const known = kept.get(audience)
    const isGood =
      known && known.until > options.now().getTime() && !(await options.isWithdrawn(keyOfToken(known.token)))
    if (isGood) return known.token
    const question = questions.get(audience) ?? sharedQuestion(() => askAnew(audience), patienceMs)
    questions.set(audience, question)
    return question.ask()
  }
}
