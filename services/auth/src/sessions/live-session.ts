import type { Sql } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import type { Session } from './session.ts'

/** A block, or an end that has come by another way, before the session itself was ended. */
export const isOver = async (
  { access }: Pick<Resources, 'access'>,
  { id, userId, signedInAt }: Session,
): Promise<boolean> => {
  const { blocked, tokensNotBefore, sessionRevoked } = await access.standing(userId, id)
  return blocked || sessionRevoked || (tokensNotBefore !== null && signedInAt < tokensNotBefore)
}

/** Undefined when it has ended, by whatever. */
export const liveSession = async (
  resources: Pick<Resources, 'access' | 'now'> & { sql: Sql },
  sessionId: string,
): Promise<Session | undefined> => {
  const { sql, now } = resources
  const [session] = await sql<Session[]>`
    select id, user_id, method, client_id, generation, signed_in_at, proven_at, proven_by
    from sessions
    where id = ${sessionId} and ended_at is null and expires_at > ${now()}`
  return session && !(await isOver(resources, session)) ? session : undefined
}
