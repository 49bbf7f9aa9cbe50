import type { User } from '@kontora/access'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Text } from '@kontora/validation'
import * as v from 'valibot'
import { lockAttempt } from '../attempts/lock-attempt.ts'
import { endRefund } from '../refunds/end-refund.ts'
import type { RefundState } from '../refunds/refund.ts'
import type { WriteResources } from '../resources.ts'
import type { Decided } from './decide-attempt.ts'
import { writeDecision } from './write-decision.ts'

export const Decision = v.strictObject({ outcome: v.picklist(['settled', 'failed']), reason: Text(500) })
type Known = { attemptId: string; amountKopecks: number }

/** A refund of which the bank did not say what became of it. `failed` frees what it reserved. */
export const decideRefund = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  refundId: string,
  { outcome, reason }: v.InferOutput<typeof Decision>,
): Promise<Decided> =>
  transaction(resources.sql, async (tx) => {
    const [known] = await tx<Known[]>`select attempt_id, amount_kopecks from refunds where id = ${refundId}`
    if (!known) throw new Problem('not-found', 'No such refund')
    const { attemptId, amountKopecks } = known
    await lockAttempt(tx, attemptId)
    const [refund] = await tx<{ state: RefundState }[]>`
      select state from refunds where id = ${refundId} for update`
    if (refund?.state !== 'unknown')
      throw new Problem('conflict', 'Only an unknown refund is decided by a person', { state: refund?.state })
    await writeDecision(tx, resources, who, {
      subject: 'refund',
      subjectId: refundId,
      outcome,
      amountKopecks,
      stateBefore: 'unknown',
      reasonBefore: null,
      reason,
    })
    const verdict =
      outcome === 'settled' ? { state: 'settled' as const } : { state: 'failed' as const, failure: 'decided' }
    await endRefund({ ...resources, sql: tx }, { id: refundId, attemptId }, verdict)
    return { outcome }
  })
