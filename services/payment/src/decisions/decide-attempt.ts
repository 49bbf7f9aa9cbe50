import type { User } from '@kontora/access'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Kopecks, Text } from '@kontora/validation'
import * as v from 'valibot'
import { Way } from '../attempts/attempt.ts'
import { markEnded } from '../attempts/end-attempt.ts'
import { lockAttempt } from '../attempts/lock-attempt.ts'
import { settleAttempt } from '../attempts/settle-attempt.ts'
import type { WriteResources } from '../resources.ts'
import { writeDecision } from './write-decision.ts'

/** `settled`: so much did come, and stays. `failed`: nothing did, or it went back past us. */
export const AttemptDecision = v.variant('outcome', [
  v.strictObject({ outcome: v.literal('settled'), amountKopecks: Kopecks, way: Way, reason: Text(500) }),
  v.strictObject({ outcome: v.literal('failed'), reason: Text(500) }),
])
export type AttemptDecision = v.InferOutput<typeof AttemptDecision>
export type Decided = { outcome: 'settled' | 'failed' }

const mostKopecks = 999_999_999_999

/** A person says what the bank's answer left open. Only of what stands in quarantine: all else the bank decides. */
export const decideAttempt = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  attemptId: string,
  decision: AttemptDecision,
): Promise<Decided> =>
  transaction(resources.sql, async (tx) => {
    const attempt = await lockAttempt(tx, attemptId)
    if (!attempt) throw new Problem('not-found', 'No such attempt')
    const { state, reason } = attempt
    if (state !== 'quarantined')
      throw new Problem('conflict', 'Only what is in quarantine is decided by a person', { state })
    const capturedKopecks = decision.outcome === 'settled' ? decision.amountKopecks : null
    if (capturedKopecks !== null && capturedKopecks > mostKopecks)
      throw new Problem('conflict', 'ВТБ takes at most 12 digits of kopecks')
    await writeDecision(tx, resources, who, {
      subject: 'attempt',
      subjectId: attemptId,
      outcome: decision.outcome,
      amountKopecks: capturedKopecks,
      stateBefore: state,
      reasonBefore: reason,
      reason: decision.reason,
    })
    if (decision.outcome === 'failed')
      await markEnded(tx, resources, attempt, { state: 'failed', reason: 'decided' })
    else
      await settleAttempt(tx, resources, attempt, {
        way: decision.way,
        capturedKopecks: decision.amountKopecks,
      })
    return { outcome: decision.outcome }
  })
