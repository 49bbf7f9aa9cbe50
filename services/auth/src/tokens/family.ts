import type { Sql, Transaction } from '@kontora/postgres'
import type { RefreshStanding, Session } from '../sessions/session.ts'

/** Refresh tokens that follow one from another: those of a session itself, or of one application in it. */
export type Family = Session & RefreshStanding

/** Under its row's lock: of fifty at once the first one rotates, the others get what it got. */
export const lockFamily = async (tx: Transaction, id: string): Promise<Family | undefined> => {
  const [own] = await tx<Family[]>`
    select id, user_id, method, client_id, generation, signed_in_at, device_hash, rotated_at, expires_at, ended_at
    from sessions where id = ${id} for update`
  if (own) return own
  const [ofClient] = await tx<Family[]>`
    select family.id as family_id, session.id, session.user_id, session.method, family.client_id, family.generation,
      session.signed_in_at, family.device_hash, family.rotated_at, session.expires_at, session.ended_at
    from client_families family join sessions session on session.id = family.session_id
    where family.id = ${id} for update of family`
  return ofClient
}

type Step = { generation: number; deviceHash: string; rotatedAt: Date }

export const stepFamily = async (
  tx: Transaction,
  { id, familyId }: Pick<Family, 'id' | 'familyId'>,
  step: Step,
): Promise<void> => {
  const table = familyId === undefined ? tx`sessions` : tx`client_families`
  await tx`update ${table} set ${tx(step)} where id = ${familyId ?? id}`
}

export const sessionOfFamily = async (sql: Sql, id: string): Promise<string | undefined> => {
  const [row] = await sql<{ sessionId: string }[]>`
    select session_id from client_families where id = ${id}
    union all select id from sessions where id = ${id}`
  return row?.sessionId
}
