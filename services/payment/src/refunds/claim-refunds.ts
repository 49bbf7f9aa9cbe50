import { isUniqueViolation, transaction } from '@kontora/postgres'
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
    deposited_before_kopecks, attempted_at, accepted_at, md_order, order_number`

export type Before = { refundedKopecks: number; depositedKopecks: number }
export type Attempted = DueRefund & { refundedBeforeKopecks: number; depositedBeforeKopecks: number }

/** Written down before the bank is told, so that a crash in between is known to be one. */
export const markAttempted = async (
  { sql, now }: Resources,
  refund: DueRefund,
  { refundedKopecks, depositedKopecks }: Before,
): Promise<Attempted | undefined> => {
  const time = now()
  try {
    const marked = await transaction(sql, async (tx) => {
      await lockAttempt(tx, refund.attemptId)
      return tx`
        update refunds set state = 'sending', attempted_at = ${time}, refunded_before_kopecks = ${refundedKopecks},
          deposited_before_kopecks = ${depositedKopecks}
        where id = ${refund.id} and state = 'requested' returning id`
    })
    if (marked.length === 0) return undefined
  } catch (error) {
    // Another one of this order came first; when it ends it wakes this one.
    if (isUniqueViolation(error, 'refunds_one_in_flight')) return undefined
    throw error
  }
  return {
    ...refund,
    state: 'sending',
    attemptedAt: time,
    refundedBeforeKopecks: refundedKopecks,
    depositedBeforeKopecks: depositedKopecks,
  }
}
