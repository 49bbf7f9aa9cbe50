import type { Resources } from '../resources.ts'
import { endSession } from '../sessions/end-session.ts'
import { sessionOfFamily } from './family.ts'
import { claimsOf } from './introspect-token.ts'
import { readRefreshToken } from './refresh-token.ts'

/** RFC 7009: by the refresh token or by an access token of it the session ends. What is neither changes nothing. */
export const revokeToken = async (resources: Resources, token: string): Promise<void> => {
  const sessionId = token.includes('.')
    ? (await claimsOf(resources, token, ['portal']))?.sid
    : await sessionOfRefresh(resources, token)
  if (sessionId) await endSession(resources, sessionId)
}

const sessionOfRefresh = async ({ sql, pepper }: Resources, token: string): Promise<string | undefined> => {
  const read = await readRefreshToken(pepper, token)
  return read && sessionOfFamily(sql, read.familyId)
}
