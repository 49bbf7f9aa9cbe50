import { type Claims, createTokenVerifier, Problem } from '@kontora/service'
import type { Resources } from '../resources.ts'

/** RFC 7662. Why a token is not active is nobody's business, so nothing else is said of it. */
export type Introspection = { active: false } | ({ active: true; token_type: 'Bearer' } & Claims)

/** For the caller are people's tokens and those of machines that name it. */
export const introspectToken = async (
  resources: Resources,
  caller: string,
  token: string,
): Promise<Introspection> => {
  const claims = await claimsOf(resources, token, ['portal', caller])
  if (!claims || !(await isLive(resources, claims))) return { active: false }
  return { active: true, token_type: 'Bearer', ...claims }
}

/** Undefined for what is no live access token of ours; that it cannot be known is told as it is. */
export const claimsOf = (
  { issuer, keyring, now }: Resources,
  token: string,
  audience: string[],
): Promise<Claims | undefined> =>
  createTokenVerifier({ issuer, audience, key: keyring.verificationKey, now })(token).catch(
    (error: unknown) => {
      if (error instanceof Problem && error.code === 'not-signed-in') return undefined
      throw error
    },
  )

/** A machine that has been taken off the list is not live. `auth` itself stands on none. */
const isLive = async (resources: Resources, { sub, sid, iat }: Claims): Promise<boolean> => {
  const { sql, access, now, machineClients } = resources
  if (sid === undefined) return sub === 'auth' || machineClients.has(sub)
  const [session] = await sql<{ userId: string }[]>`
    select user_id from sessions where id = ${sid} and ended_at is null and expires_at > ${now()}`
  if (session?.userId !== sub) return false
  const { blocked, tokensNotBefore, sessionRevoked } = await access.standing(sub, sid)
  return !blocked && !sessionRevoked && (!tokensNotBefore || iat * 1000 >= tokensNotBefore.getTime())
}
