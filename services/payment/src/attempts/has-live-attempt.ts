import type { Sql } from '@kontora/postgres'
import { liveStates } from './attempt.ts'

/** Whether money may still come by an order at the bank. */
export const hasLiveAttempt = async (sql: Sql, invoiceId: string): Promise<boolean> => {
  const live = await sql`
    select id from attempts where invoice_id = ${invoiceId} and state in ${sql(liveStates)} limit 1`
  return live.length > 0
}
