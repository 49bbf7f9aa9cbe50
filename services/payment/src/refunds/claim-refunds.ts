import { isUniqueViolation, type Transaction, transaction } from '@kontora/postgres'
import type { AcquirerName } from '../acquirer/acquirer.ts'
import { lockAttempt } from '../attempts/lock-attempt.ts'
import type { Resources } from '../resources.ts'
import type { RefundState } from './refund.ts'

export type DueRefund = {
  id: string
  attemptId: string
  state: RefundState
  amountKopecks: number
  refundNumber: string
  refundedBeforeKopecks: number | null
  depositedBeforeKopecks: number | null
  attemptedAt: Date | null
  acceptedAt: Date | null
  /** How many refunds of its order had ended when it was claimed. */
  endedBefore: number
  acquirer: AcquirerName
  mdOrder: string
  orderNumber: string
}

// A little more than one call may take. A second process that comes too soon repeats only what may be repeated.
const claimMs = 35_000

/** A new refund waits while another one of its order is under way. */
export const claimRefunds = ({ sql, now }: Resources): Promise<DueRefund[]> => sql<DueRefund[]>`
  update refunds set ask_at = ${new Date(now().getTime() + claimMs)}
  from attempts
  where attempts.id = refunds.attempt_id and refunds.id in (
    select id from refunds
    where ask_at <= ${now()} and (state <> 'requested' or not exists (
      select 1 from refunds other
      where other.attempt_id = refunds.attempt_id and other.state in ('sending', 'unknown')))
    order by ask_at limit 20 for update skip locked)
  returning refunds.id, attempt_id, refunds.state, refunds.amount_kopecks, refund_number, refunded_before_kopecks,
    deposited_before_kopecks, attempted_at, accepted_at, acquirer, md_order, order_number,
    (select count(*) from refunds other where other.attempt_id = attempts.id and other.ended_at is not null)
      as ended_before`

export type Before = { refundedKopecks: number; depositedKopecks: number }
export type Attempted = DueRefund & { refundedBeforeKopecks: number; depositedBeforeKopecks: number }

/**
 * Written down before the bank is told, so that a crash in between is known to be one. The sums were read after the claim:
 * where another refund of this order has ended since, they may be those before it, and this one looks again.
 */
export const markAttempted = async (
  { sql, now }: Resources,
  refund: DueRefund,
  before: Before,
): Promise<Attempted | undefined> => {
  const marks = {
    state: 'sending' as const,
    attemptedAt: now(),
    refundedBeforeKopecks: before.refundedKopecks,
    depositedBeforeKopecks: before.depositedKopecks,
  }
  const mark = async (tx: Transaction): Promise<boolean> => {
    await lockAttempt(tx, refund.attemptId)
    const isFresh = await areFresh(tx, refund)
    const change = isFresh ? marks : { askAt: now() }
    const changed = await tx`
      update refunds set ${tx(change)} where id = ${refund.id} and state = 'requested' returning id`
    return isFresh && changed.length > 0
  }
  try {
    return (await transaction(sql, mark)) ? { ...refund, ...marks } : undefined
  } catch (error) {
    // Another one of this order came first; when it ends it wakes this one.
    if (isUniqueViolation(error, 'refunds_one_in_flight')) return undefined
    throw error
  }
}

/** Nothing left our house, and we alone know it: the refund waits as if it had never been tried. */
export const unmarkAttempted = async ({ sql, now }: Resources, { id }: DueRefund): Promise<void> => {
  const before = { refundedBeforeKopecks: null, depositedBeforeKopecks: null }
  await sql`
    update refunds set ${sql({ state: 'requested', attemptedAt: null, ...before })}
    where id = ${id} and state = 'sending' and accepted_at is null and ask_at > ${now()}`
}

const areFresh = async (tx: Transaction, { attemptId, endedBefore }: DueRefund): Promise<boolean> => {
  const ended = await tx`select id from refunds where attempt_id = ${attemptId} and ended_at is not null`
  return ended.length === endedBefore
}
