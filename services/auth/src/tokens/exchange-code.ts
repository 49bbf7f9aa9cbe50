import { type Transaction, transaction } from '@kontora/postgres'
import { base64url } from 'jose'
import type { Caller } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { isSame } from '../secrets/pepper.ts'
import { agentHashOf } from '../sessions/agent.ts'
import { endSession } from '../sessions/end-session.ts'
import { liveSession } from '../sessions/live-session.ts'
import type { Session } from '../sessions/session.ts'
import { giveTokens, type SignedIn } from './give-tokens.ts'
import { OAuthRefusal } from './oauth-refusal.ts'

export type CodeExchange = { clientId: string; code: string; redirectUri: string; verifier: string }

type Given = {
  sessionId: string
  clientId: string
  redirectUri: string
  challenge: string
  expiresAt: Date
  usedAt: Date | null
}

const refused = () => new OAuthRefusal('invalid_grant', 'The code is not valid')

/** Any try spends the code. A second use of one that gave tokens says that two hold it: they end, and that is committed before the refusal. */
export const exchangeCode = async (
  resources: Resources,
  caller: Caller,
  wanted: CodeExchange,
): Promise<SignedIn> => {
  const codeHashes = await resources.pepper.each('authorization-code', wanted.code)
  const challenge = await challengeOf(wanted.verifier)
  const sessionId = await transaction(resources.sql, (tx) =>
    spend(tx, resources, codeHashes, { ...wanted, challenge }),
  )
  const session = sessionId && (await liveSession(resources, sessionId))
  if (!session) throw refused()
  return giveTokens(resources, await openFamily(resources, session, wanted.clientId, caller))
}

const challengeOf = async (verifier: string): Promise<string> =>
  base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))))

type Wanted = CodeExchange & { challenge: string }

const spend = async (
  tx: Transaction,
  resources: Resources,
  codeHashes: string[],
  wanted: Wanted,
): Promise<string | undefined> => {
  const time = resources.now()
  const [given] = await tx<Given[]>`
    select session_id, client_id, redirect_uri, challenge, expires_at, used_at from authorization_codes
    where code_hash in ${tx(codeHashes)} for update`
  if (!given) return undefined
  if (given.usedAt !== null) {
    await endSession({ ...resources, sql: tx }, given.sessionId)
    return undefined
  }
  if (!isFor(given, wanted, time)) {
    await tx`delete from authorization_codes where code_hash in ${tx(codeHashes)}`
    return undefined
  }
  await tx`update authorization_codes set used_at = ${time} where code_hash in ${tx(codeHashes)}`
  return given.sessionId
}

const isFor = (given: Given, { clientId, redirectUri, challenge }: Wanted, now: Date): boolean =>
  given.expiresAt > now &&
  given.clientId === clientId &&
  given.redirectUri === redirectUri &&
  isSame(given.challenge, challenge)

/** Refresh tokens of this application alone, so that two of them in one browser do not rotate each other's away. */
const openFamily = async (
  resources: Resources,
  session: Session,
  clientId: string,
  caller: Caller,
): Promise<Session> => {
  const { sql, now, newId } = resources
  const deviceHash = await agentHashOf(resources, caller)
  const family = { id: newId(), sessionId: session.id, clientId, deviceHash, generation: 1, rotatedAt: now() }
  await sql`insert into client_families ${sql(family)}`
  return { ...session, clientId, generation: 1, familyId: family.id }
}
