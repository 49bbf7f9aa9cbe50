import { transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import type { OrderStatus } from '../vtb/schemas.ts'
import { judge, lateSuccessMs, nextAskMs } from './attempt.ts'
import { markEnded } from './end-attempt.ts'
import { type LockedAttempt, lockAttempt } from './lock-attempt.ts'
import { settleAttempt } from './settle-attempt.ts'

type Judging = Pick<Resources, 'sql' | 'now' | 'newId' | 'random' | 'log' | 'pollFastMs'>

/** Only the bank's answer to our own question comes here: what a callback says is never seen. */
export const judgeAttempt = (resources: Judging, id: string, order: OrderStatus): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    const attempt = await lockAttempt(tx, id)
    if (!attempt) return
    const verdict = judge(attempt, order)
    if (verdict?.state === 'settled') {
      const overpaidKopecks = await settleAttempt(tx, resources, attempt, verdict.way)
      if (overpaidKopecks > 0) resources.log.warn('attempt-overpaid', { attemptId: id, overpaidKopecks })
      return
    }
    if (verdict) await markEnded(tx, resources, attempt, verdict)
    if (verdict?.state === 'quarantined')
      resources.log.error('attempt-quarantined', { attemptId: id, mismatch: verdict.reason })
    // A hint that came meanwhile has set it to the past, and is not to be lost.
    const next = nextAsk(resources, attempt, verdict?.state)
    await tx`update attempts set ask_at = ${next} where id = ${id} and ask_at > ${resources.now()}`
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
