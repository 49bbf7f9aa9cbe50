import type { Emitter, Envelope } from '@kontora/events'
import type { WriteResources } from '../resources.ts'

/** Lowest first, as `notification` has them: what is told late lowers nothing. */
export const letterStates = ['sent', 'failed', 'delivered', 'bounced', 'complained'] as const
export type LetterState = (typeof letterStates)[number]

type Told = { messageId: string; kind: string; aboutId?: string | null | undefined }

/** Of letters about an invoice of ours; any other is none of our business. */
export const recordLetter =
  (state: LetterState) =>
  async ({ sql }: WriteResources, _: Emitter, told: Told, { time }: Envelope): Promise<void> => {
    const { messageId, kind, aboutId } = told
    if (!aboutId) return
    // Nothing is below the first, and a list of none is no SQL.
    const lower = ['', ...letterStates.slice(0, letterStates.indexOf(state))]
    await sql`
      insert into letters (message_id, invoice_id, kind, state, changed_at)
      select ${messageId}, id, ${kind}, ${state}, ${new Date(time)} from invoices where id = ${aboutId}
      on conflict (message_id) do update set state = excluded.state, changed_at = excluded.changed_at
      where letters.state in ${sql(lower)}`
  }
