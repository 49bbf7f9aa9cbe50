import { transaction } from '@kontora/postgres'
import { bookMany } from '../ledger/book-many.ts'
import { transferEntriesOf } from '../ledger/entries.ts'
import { askForProof } from '../reconciliation/ask-for-proof.ts'
import type { WriteResources } from '../resources.ts'
import { exportCommissions } from './export-commissions.ts'
import type { PayoutLine } from './payout.ts'

export type Payout = {
  id: string
  number: string
  paidOn: string
  grossKopecks: number
  commissionKopecks: number
  netKopecks: number
}

/** The bank has paid for these operations, by this line of a statement; what comes to nothing needs none. */
export const registerPayout = (
  resources: WriteResources,
  payout: Payout,
  line: PayoutLine | undefined,
): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    await exportCommissions(tx, resources, payout.id)
    const transferId = line?.id ?? null
    const matched = await tx`
      update transfers set state = 'matched', matched_kopecks = amount_kopecks, reason = null, ask_at = null
      where id = ${transferId} and state = 'unidentified' returning id`
    const registered = await tx`
      update payouts set transfer_id = ${transferId}, registered_at = ${resources.now()}
      where id = ${payout.id} and registered_at is null and net_kopecks = ${payout.netKopecks} returning id`
    if (registered.length === 0 || matched.length !== (line ? 1 : 0))
      throw new Error('A payout was found twice at once')
    const entries = transferEntriesOf['payout-registered'](payout)
    if (entries.length > 0)
      await bookMany(tx, resources, 'payout-registered', [{ sourceId: payout.id, entries }])
    await askForProof(tx, resources, [payout.paidOn, line?.bookedOn ?? payout.paidOn])
  })
