import { base64url } from 'jose'
import type { Resources } from '../resources.ts'
import type { AuthorizationRequest } from './authorization-request.ts'

export const authorizationCodeMs = 60_000

type Wanted = Pick<AuthorizationRequest, 'clientId' | 'redirectUri' | 'challenge'>

/** For one application, one address, one challenge and one session; only its hash stays here. */
export const giveCode = async (
  { sql, now, random, pepper }: Resources,
  sessionId: string,
  { clientId, redirectUri, challenge }: Wanted,
): Promise<string> => {
  const code = base64url.encode(random(32))
  const row = {
    codeHash: await pepper('authorization-code', code),
    expiresAt: new Date(now().getTime() + authorizationCodeMs),
    ...{ sessionId, clientId, redirectUri, challenge },
  }
  await sql`insert into authorization_codes ${sql(row)}`
  return code
}
