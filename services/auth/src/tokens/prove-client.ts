import { transaction } from '@kontora/postgres'
import { importJWK, type JWTPayload, jwtVerify } from 'jose'
import type { Resources } from '../resources.ts'
import { OAuthRefusal } from './oauth-refusal.ts'

export type ClientProof = { client_id?: string | undefined; client_assertion: string }

const skewSeconds = 10
const longestSeconds = 60

const refused = () => new OAuthRefusal('invalid_client', 'The assertion is not valid')

/** RFC 7523: the caller proves itself by a signature; each assertion is good for one call. */
export const proveClient = async (resources: Resources, proof: ClientProof): Promise<string> => {
  const { clientId, jti, exp } = await checkAssertion(resources, proof)
  const once = await transaction(
    resources.sql,
    (tx) => tx`
      insert into used_assertions (client_id, assertion_id, expires_at)
      values (${clientId}, ${jti}, ${new Date((exp + skewSeconds) * 1000)})
      on conflict do nothing returning client_id`,
  )
  if (once.length === 0) throw refused()
  return clientId
}

const checkAssertion = async (resources: Resources, proof: ClientProof) => {
  const { machineClients, issuer, now } = resources
  const clientId = proof.client_id ?? claimedIssuer(proof.client_assertion)
  const jwk = machineClients.get(clientId)
  if (!jwk) throw refused()
  const { payload } = await jwtVerify(proof.client_assertion, await importJWK(jwk, 'EdDSA'), {
    algorithms: ['EdDSA', 'Ed25519'],
    issuer: clientId,
    subject: clientId,
    audience: issuer,
    clockTolerance: skewSeconds,
    currentDate: now(),
    requiredClaims: ['jti', 'exp'],
  }).catch(() => {
    throw refused()
  })
  return { clientId, ...timely(payload, now()) }
}

const timely = ({ jti, exp }: JWTPayload, now: Date): { jti: string; exp: number } => {
  const isLate = exp === undefined || exp > now.getTime() / 1000 + longestSeconds + skewSeconds
  if (isLate || !jti || !/^[\x21-\x7e]{1,100}$/.test(jti)) throw refused()
  return { jti, exp }
}

/** Only to choose the key; the signature decides. */
const claimedIssuer = (assertion: string): string => {
  const [, payload = ''] = assertion.split('.')
  try {
    const { iss } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { iss?: unknown }
    return typeof iss === 'string' ? iss : ''
  } catch {
    return ''
  }
}
