import type { Sql } from '@kontora/postgres'

export type Waiting = {
  subject: 'attempt' | 'refund' | 'hold-move'
  id: string
  attemptId: string
  amountKopecks: number | null
  reason: string | null
  since: Date
}

/** What the bank left open, the oldest first: it waits for the bank's answer or for a person's word. */
export const readAttention = async (sql: Sql): Promise<Waiting[]> => [
  ...(await sql<Waiting[]>`
    select 'attempt' as subject, id, id as attempt_id, amount_kopecks, reason, ended_at as since
    from attempts where state = 'quarantined'
    union all
    select 'refund', id, attempt_id, amount_kopecks, null, attempted_at from refunds where state = 'unknown'
    union all
    select 'hold-move', id, attempt_id, amount_kopecks, kind, attempted_at from hold_moves where state = 'unknown'
    order by since, id limit 200`),
]
