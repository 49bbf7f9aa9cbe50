import { importJWK, type JWK, SignJWT } from 'jose'
import * as v from 'valibot'
import type { Chance } from './chance.ts'
import { Problem } from './problem.ts'

const Answer = v.object({ access_token: v.string(), expires_in: v.number() })

type Options = {
  tokenUrl: string
  /** `auth`'s issuer: the audience of our assertion. */
  issuer: string
  clientId: string
  /** Private JWK as text. */
  key: string
} & Pick<Chance, 'now' | 'newId'>

/** RFC 7523: the service proves itself by a signed assertion, 60 s long, used once. */
const assertion = async ({ issuer, clientId, key, now, newId }: Options): Promise<string> => {
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

const ask = async (options: Options, audience: string): Promise<v.InferOutput<typeof Answer>> => {
  const response = await fetch(options.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: options.clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(options),
      audience,
    }),
    signal: AbortSignal.timeout(3000),
  })
  if (!response.ok)
    throw new Problem('unavailable', 'The service cannot sign in at auth', { retryAfterSeconds: 1 })
  return v.parse(Answer, await response.json())
}

/** A token for one other service (`audience` is its name), kept until shortly before it ends; callers at once share one question. */
export const createMachineTokens = (options: Options) => {
  const kept = new Map<string, { token: Promise<string>; until: number }>()
  return async (audience: string): Promise<string> => {
    const time = options.now().getTime()
    const known = kept.get(audience)
    if (known && known.until > time) return known.token
    const answer = ask(options, audience)
    const entry = { token: answer.then(({ access_token }) => access_token), until: time + 10_000 }
    kept.set(audience, entry)
    try {
      entry.until = time + ((await answer).expires_in - 30) * 1000
    } catch (error) {
      kept.delete(audience)
      throw error
    }
    return entry.token
  }
}
