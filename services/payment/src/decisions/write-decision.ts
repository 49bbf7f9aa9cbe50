import type { User } from '@kontora/access'
import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'

export type Decision = {
  subject: 'attempt' | 'refund' | 'hold-move'
  subjectId: string
  outcome: 'settled' | 'failed'
  amountKopecks: number | null
  stateBefore: string
  reasonBefore: string | null
  reason: string
}

/** In the transaction of what it changes; no role of ours may change or delete it afterwards. */
export const writeDecision = async (
  tx: Transaction,
  { newId, now }: WriteResources,
  who: Pick<User, 'id'>,
  decision: Decision,
): Promise<void> => {
  await tx`insert into payment_decisions ${tx({ id: newId(), ...decision, decidedBy: who.id, decidedAt: now() })}`
}
