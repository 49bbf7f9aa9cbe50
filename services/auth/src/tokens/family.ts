import type { Sql, Transaction } from '@kontora/postgres'
import type { Caller } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { agentHashOf } from '../sessions/agent.ts'
import { closeSeen } from '../sessions/seen.ts'
import type { RefreshStanding, Session } from '../sessions/session.ts'

/** Refresh tokens that follow one from another: those of a session itself, or of one application in it. */
export type Family = Session & RefreshStanding

/** Under its row's lock: of fifty at once the first one rotates, the others get what it got. */
export const lockFamily = async (tx: Transaction, id: string): Promise<Family | undefined> => {
  const [own] = await tx<Family[]>`
    select id, user_id, method, client_id, generation, signed_in_at, proven_at, proven_by, device_hash, rotated_at,
      expires_at, ended_at
    from sessions where id = ${id} for update`
  if (own) return own
  const [ofClient] = await tx<Family[]>`
    select family.id as family_id, session.id, session.user_id, session.method, family.client_id, family.generation,
      session.signed_in_at, session.proven_at, session.proven_by, family.device_hash, family.rotated_at, session.expires_at, session.ended_at
    from client_families family join sessions session on session.id = family.session_id
    where family.id = ${id} for update of family`
  return ofClient
}

type Step = Caller & { generation: number }
type Keeping = Pick<Resources, 'pepper' | 'seal' | 'now'>

/** Where a service of ours refreshes, the session was used, but what it looks like stays what the person's browser did. */
export const stepFamily = async (
  tx: Transaction,
  resources: Keeping,
  { id, familyId }: Pick<Family, 'id' | 'familyId'>,
  { generation, ...caller }: Step,
): Promise<void> => {
  const rotatedAt = resources.now()
  const deviceHash = await agentHashOf(resources, caller)
  if (familyId === undefined) {
    const seenSealed = await closeSeen(resources, caller)
    await tx`update sessions set ${tx({ generation, deviceHash, rotatedAt, seenSealed })} where id = ${id}`
    return
  }
  await tx`update client_families set ${tx({ generation, deviceHash, rotatedAt })} where id = ${familyId}`
  await tx`update sessions set rotated_at = ${rotatedAt} where id = ${id}`
}

export const sessionOfFamily = async (sql: Sql, id: string): Promise<string | undefined> => {
  const [row] = await sql<{ sessionId: string }[]>`
    select session_id from client_families where id = ${id}
    union all select id from sessions where id = ${id}`
  return row?.sessionId
}
