import type { Transaction } from '@kontora/postgres'
import type { BankOrder } from '../acquirer/acquirer.ts'
import type { WriteResources } from '../resources.ts'
import { judgeMove, type MoveKind, type MoveVerdict } from './hold-move.ts'

type Live = { id: string; kind: MoveKind }

/** In the transaction that judges their attempt, whose lock the caller holds. */
export const endMoves = async (
  tx: Transaction,
  resources: WriteResources,
  { id, capture }: { id: string; capture: 'auto' | 'manual' },
  order: BankOrder,
): Promise<void> => {
  if (capture === 'auto') return
  const live = await tx<Live[]>`
    select id, kind from hold_moves where attempt_id = ${id} and state in ('requested', 'sending', 'unknown') for update`
  for (const move of live) {
    const verdict = judgeMove(move.kind, order)
    if (verdict) await markMove(tx, resources, move.id, verdict)
  }
}

export const markMove = async (
  tx: Transaction,
  { now }: WriteResources,
  id: string,
  verdict: NonNullable<MoveVerdict>,
): Promise<void> => {
  const failure = verdict.state === 'failed' ? verdict.failure : null
  await tx`
    update hold_moves set state = ${verdict.state}, failure = ${failure}, ended_at = ${now()}, ask_at = null
    where id = ${id}`
}
