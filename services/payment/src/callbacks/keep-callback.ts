import { wakeJob } from '@kontora/jobs'
import type { AcquirerName } from '../acquirer/acquirer.ts'
import type { WriteResources } from '../resources.ts'

export type Kept = { hash: string; operation: string; status: string; fields: Record<string, string> }
/** The order it is about, by either number; a callback of nobody's is kept only `ofNobodyToo`. */
type About = { acquirer: AcquirerName; orderNumber: string; bankId: string | null; ofNobodyToo: boolean }

type Woken = { attempts: number; refunds: number; moves: number }

export const sha256 = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Kept once, and all that it may be about is asked of the bank soon, in one statement: a thousand come in a second. Who has
 * set `ask_at` to the past is not to be overlooked by whoever asks just now: see `judgeAttempt`. The lock and the
 * counts in it keep the order of everywhere, the attempt before its refunds: Postgres does the parts of one statement as it likes.
 */
export const keepCallback = async (
  { sql, now, newId }: WriteResources,
  { hash, operation, status, fields }: Kept,
  { acquirer, orderNumber, bankId, ofNobodyToo }: About,
): Promise<void> => {
  const time = now()
  const [woken] = await sql<Woken[]>`
    with attempt as (
      select id from attempts
      where acquirer = ${acquirer} and (order_number = ${orderNumber} or md_order = ${bankId}) limit 1 for key share
    ), kept as (
      insert into bank_callbacks (id, hash, attempt_id, operation, status, fields, received_at)
      select ${newId()}, ${hash}, attempt.id, ${operation}, ${status}, ${sql.json(fields)}, ${time}
      from ${ofNobodyToo ? sql`(select) as one left join attempt on true` : sql`attempt`}
      on conflict (hash) do nothing returning attempt_id
    ), asked as (
      update attempts set ask_at = ${time}
      where id = (select attempt_id from kept) and md_order is not null and state not in ('settled', 'quarantined')
      returning 1
    ), refunds_asked as (
      update refunds set ask_at = ${time}
      where attempt_id = (select attempt_id from kept) and state in ('sending', 'unknown')
        and (select count(*) from asked) >= 0 returning 1
    ), moves_asked as (
      update hold_moves set ask_at = ${time}
      where attempt_id = (select attempt_id from kept) and state in ('sending', 'unknown')
        and (select count(*) from refunds_asked) >= 0 returning 1
    )
    select (select count(*) from asked) as attempts, (select count(*) from refunds_asked) as refunds,
      (select count(*) from moves_asked) as moves`
  if (woken && woken.attempts > 0) wakeJob(sql, 'ask-bank')
  if (woken && woken.refunds > 0) wakeJob(sql, 'send-refunds')
  if (woken && woken.moves > 0) wakeJob(sql, 'move-holds')
}
