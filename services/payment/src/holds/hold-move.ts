import { Id, Kopecks } from '@kontora/validation'
import * as v from 'valibot'
import type { BankOrder } from '../acquirer/acquirer.ts'

/** `capture` takes what is held, in whole or in part, once; `release` lets all of it go. */
export const moveKinds = ['capture', 'release'] as const
export type MoveKind = (typeof moveKinds)[number]

/** `unknown`: the bank was told and did not say what came of it. It is asked on, and never told again. */
export const moveStates = ['requested', 'sending', 'unknown', 'done', 'failed'] as const
export type MoveState = (typeof moveStates)[number]

export const HoldMove = v.object({
  moveId: Id,
  attemptId: Id,
  kind: v.picklist(moveKinds),
  amountKopecks: v.nullable(Kopecks),
  state: v.picklist(moveStates),
  failure: v.nullable(v.string()),
})

export type MoveVerdict = { state: 'done' } | { state: 'failed'; failure: string } | undefined

/** Only by what has become of the order; while the hold stands, the move may still be under way. */
export const judgeMove = (kind: MoveKind, { state }: Pick<BankOrder, 'state'>): MoveVerdict => {
  const taken = state === 'captured' || state === 'refunded'
  const released = state === 'reversed' || state === 'declined' || state === 'expired'
  if (kind === 'capture' ? taken : released) return { state: 'done' }
  if (kind === 'capture' ? released : taken) return { state: 'failed', failure: state }
  return undefined
}
