import type { User } from '@kontora/access'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { Resources } from '../resources.ts'
import { endSession, endSessionsOf } from './end-session.ts'

export type OwnSessions = 'all' | 'others' | { id: string }

/**
 * By the person himself, also while the feed of revocations is stale: then above all he wants it. So the table is asked, and a
 * session that has ended ends no other.
 */
export const endOwnSessions = (resources: Resources, user: User, which: OwnSessions): Promise<number> =>
  transaction(resources.sql, async (tx) => {
    const own = { ...resources, sql: tx }
    const { id: userId, sessionId = '' } = user
    await holdLive(tx, resources, user)
    if (which === 'all') return endSessionsOf(own, userId)
    if (which === 'others') return endSessionsOf(own, userId, { except: sessionId })
    const found = await tx`select id from sessions where id = ${which.id} and user_id = ${userId}`
    if (found.length === 0) throw new Problem('not-found', 'No such session')
    return endSession(own, which.id)
  })

const holdLive = async (tx: Transaction, { now }: Resources, { id, sessionId }: User): Promise<void> => {
  const live = await tx`
    select id from sessions
    where id = ${sessionId ?? null} and user_id = ${id} and ended_at is null and expires_at > ${now()} for update`
  if (live.length === 0) throw new Problem('not-signed-in', 'This session has ended')
}
