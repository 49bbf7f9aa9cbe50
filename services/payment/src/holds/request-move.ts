import type { User } from '@kontora/access'
import { wakeJob } from '@kontora/jobs'
import { isUniqueViolation, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Kopecks, Text } from '@kontora/validation'
import * as v from 'valibot'
import { type LockedAttempt, lockAttempt } from '../attempts/lock-attempt.ts'
import type { Resources, WriteResources } from '../resources.ts'

export const CaptureRequest = v.strictObject({ amountKopecks: Kopecks, reason: Text(500) })
export const ReleaseRequest = v.strictObject({ reason: Text(500) })
type Move = { attemptId: string; reason: string } & (
  | { kind: 'capture'; amountKopecks: number }
  | { kind: 'release' }
)
export type Requested = { moveId: string; attemptId: string; state: 'requested' }

/** What an operator wants done with a hold, one thing at a time. The bank is told by the job `move-holds`. */
export const requestMove = async (
  resources: WriteResources & Pick<Resources, 'fiscal'>,
  who: Pick<User, 'id'>,
  move: Move,
): Promise<Requested> => {
  try {
    return await transaction(resources.sql, async (tx) => {
      const { now, newId } = resources
      const { attemptId, kind, reason } = move
      const attempt = await lockAttempt(tx, attemptId)
      if (!attempt) throw new Problem('not-found', 'No such attempt')
      refuseUnfit(attempt, move)
      // The gateway wants the cart of what is taken, and a part of a hold is no part of a cart.
      if (resources.fiscal && kind === 'capture' && move.amountKopecks !== attempt.amountKopecks)
        throw new Problem('conflict', 'Of a hold with a receipt all is taken, or nothing')
      const time = now()
      const amountKopecks = move.kind === 'capture' ? move.amountKopecks : null
      const moveId = newId()
      await tx`insert into hold_moves ${tx({ id: moveId, attemptId, kind, amountKopecks, reason, state: 'requested', requestedBy: who.id, requestedAt: time, askAt: time })}`
      wakeJob(tx, 'move-holds')
      return { moveId, attemptId, state: 'requested' as const }
    })
  } catch (error) {
    if (isUniqueViolation(error, 'hold_moves_one_live'))
      throw new Problem('conflict', 'This hold is being moved already')
    if (isUniqueViolation(error, 'hold_moves_one_release'))
      throw new Problem('conflict', 'The bank takes a release once, and it was tried')
    throw error
  }
}

/** A hold that came late stands in quarantine: it can be let go, not taken. */
const refuseUnfit = ({ state, reason, amountKopecks }: LockedAttempt, move: Move): void => {
  const isLate = state === 'quarantined' && reason === 'late-hold'
  if (state !== 'held' && !(isLate && move.kind === 'release'))
    throw new Problem('conflict', 'Nothing is held', { state })
  if (move.kind === 'capture' && move.amountKopecks > amountKopecks)
    throw new Problem('conflict', 'More than is held', { heldKopecks: amountKopecks })
}
