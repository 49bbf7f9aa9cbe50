import type { WriteResources } from '../resources.ts'

/** Whoever comes back from the bank wants to know now; and who does so again and again hastens nothing. */
const soonMs = 1000

/** What stands in the address of a return is believed by nobody: it only brings our own question to the bank forward. */
export const askSoon = async ({ sql, now }: WriteResources, attemptId: string): Promise<void> => {
  const soon = new Date(now().getTime() + soonMs)
  await sql`
    update attempts set ask_at = ${soon}
    where id = ${attemptId} and ask_at > ${soon} and md_order is not null and state not in ('settled', 'quarantined')`
}
