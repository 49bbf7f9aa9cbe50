import type { User } from '@kontora/access'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Text } from '@kontora/validation'
import * as v from 'valibot'
import { lockAttempt } from '../attempts/lock-attempt.ts'
import { markMove } from '../holds/end-moves.ts'
import type { MoveState } from '../holds/hold-move.ts'
import type { WriteResources } from '../resources.ts'
import type { Decided } from './decide-attempt.ts'
import { writeDecision } from './write-decision.ts'

export const MoveDecision = v.strictObject({ outcome: v.literal('failed'), reason: Text(500) })
type Known = { attemptId: string; amountKopecks: number | null }

/** The hold stands and nobody knows whether it will move: a person gives the move up. That one was done, the order tells. */
export const decideMove = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  moveId: string,
  { outcome, reason }: v.InferOutput<typeof MoveDecision>,
): Promise<Decided> =>
  transaction(resources.sql, async (tx) => {
    const [known] = await tx<Known[]>`select attempt_id, amount_kopecks from hold_moves where id = ${moveId}`
    if (!known) throw new Problem('not-found', 'No such move')
    await lockAttempt(tx, known.attemptId)
    const [move] = await tx<{ state: MoveState }[]>`
      select state from hold_moves where id = ${moveId} for update`
    if (move?.state !== 'unknown')
      throw new Problem('conflict', 'Only an unknown move is decided by a person', { state: move?.state })
    await writeDecision(tx, resources, who, {
      subject: 'hold-move',
      subjectId: moveId,
      outcome,
      amountKopecks: known.amountKopecks,
      stateBefore: 'unknown',
      reasonBefore: null,
      reason,
    })
    await markMove(tx, resources, moveId, { state: 'failed', failure: 'decided' })
    return { outcome }
  })
