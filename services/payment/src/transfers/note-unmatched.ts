import type { Resources } from '../resources.ts'
import type { UnmatchedReason } from './match.ts'

export type Unmatched = { id: string; reason: UnmatchedReason }

const hourMs = 3_600_000
const againMs = 6 * hourMs
/** By then an invoice, or the payer's ИНН, that came later than the money has come. */
const mostMs = 30 * 24 * hourMs

/** They wait for an operator; meanwhile the rules look again, for the invoice may come after its money. */
export const noteUnmatched = async (
  { sql, now }: Pick<Resources, 'sql' | 'now'>,
  unmatched: readonly Unmatched[],
): Promise<void> => {
  if (unmatched.length === 0) return
  const time = now().getTime()
  await sql`
    update transfers set reason = told.reason,
      ask_at = case when added_at > ${new Date(time - mostMs)} then ${new Date(time + againMs)}::timestamptz end
    from jsonb_to_recordset(${sql.json(unmatched as never)}) as told (id uuid, reason text)
    where transfers.id = told.id and state = 'unidentified'`
}
