import { transaction } from '@kontora/postgres'
import type { BankOrder } from '../acquirer/acquirer.ts'
import { endMoves } from '../holds/end-moves.ts'
import type { Resources } from '../resources.ts'
import { judge, lateSuccessMs, nextAskMs } from './attempt.ts'
import { markEnded } from './end-attempt.ts'
import { type LockedAttempt, lockAttempt } from './lock-attempt.ts'
import { settleAttempt } from './settle-attempt.ts'

type Judging = Pick<Resources, 'sql' | 'now' | 'newId' | 'random' | 'log' | 'pollFastMs'>

/** Only the bank's answer to our own question comes here: what a callback says is never seen. */
export const judgeAttempt = (resources: Judging, id: string, order: BankOrder): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    const { now, log } = resources
    const attempt = await lockAttempt(tx, id)
    if (!attempt) return
    if (order.state === 'unknown') log.error('order-state-unknown', { attemptId: id })
    await endMoves(tx, resources, attempt, order)
    const verdict = judge(attempt, order)
    if (verdict?.state === 'settled') {
      const overpaidKopecks = await settleAttempt(tx, resources, attempt, verdict)
      if (overpaidKopecks > 0) log.warn('attempt-overpaid', { attemptId: id, overpaidKopecks })
      return
    }
    if (verdict?.state === 'held')
      await tx`update attempts set state = 'held', held_at = ${now()}, start_at = null where id = ${id}`
    else if (verdict) await markEnded(tx, resources, attempt, verdict)
    if (verdict?.state === 'quarantined')
      log.error('attempt-quarantined', { attemptId: id, mismatch: verdict.reason })
    // A hint that came meanwhile has set it to the past, and is not to be lost.
    const next = nextAsk(resources, attempt, verdict?.state)
    await tx`update attempts set ask_at = ${next} where id = ${id} and ask_at > ${now()}`
  })

const nextAsk = (
  { now, pollFastMs }: Judging,
  { state, openedAt, endedAt }: LockedAttempt,
  became: string | undefined,
): Date | null => {
  if ((became ?? state) === 'quarantined') return null
  const time = now().getTime()
  if (endedAt && time - endedAt.getTime() > lateSuccessMs) return null
  const ageMs = became ? Number.POSITIVE_INFINITY : time - (openedAt?.getTime() ?? time)
  return new Date(time + nextAskMs(ageMs, pollFastMs))
}
