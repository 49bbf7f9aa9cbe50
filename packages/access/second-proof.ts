import { type Claims, Problem, type RateLimit } from '@kontora/service'
import { covers } from './decision.ts'

/** `acr`: absolute URIs, as OpenID Connect asks of names that stand in no registry. */
export const acr = { oneProof: 'urn:kontora:acr:one-proof', secondProof: 'urn:kontora:acr:second-proof' }

/** For so long a second proof is fresh. */
export const proofSeconds = 5 * 60

/** Refunds, a person's word on money, grants of administration, keys, exports of personal data: `may` of these asks for a fresh second proof by itself. */
const sensitive = ['payment:refund', 'payment:decide', 'grant:manage', 'role:manage', 'key:*', '*:export']

export const needsSecondProof = (permission: string): boolean =>
  sensitive.some((one) => covers(one, permission))

/** RFC 9470: what is missing, and where it is given. */
export const secondProofNeeded = (issuer: string, title: string, rateLimits: RateLimit[] = []): Problem =>
  new Problem('second-proof-needed', title, {
    acrValues: acr.secondProof,
    maxAgeSeconds: proofSeconds,
    proveAt: `${issuer}/v1/second-proof`,
    rateLimits,
  })

export const refuseUnproven = ({ iss, ...claims }: Claims, now: Date): void => {
  const proofAgeSeconds = now.getTime() / 1000 - (claims.auth_time ?? 0)
  if (claims.acr !== acr.secondProof || proofAgeSeconds > proofSeconds)
    throw secondProofNeeded(iss, 'This needs a second proof of the last 5 minutes')
}
