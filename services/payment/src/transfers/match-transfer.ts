import type { User } from '@kontora/access'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Id, Kopecks, Text } from '@kontora/validation'
import * as v from 'valibot'
import { applyMatches } from './apply-matches.ts'
import { fitOf } from './match.ts'
import type { MatchResources } from './store-matches.ts'

export const TransferMatch = v.strictObject({
  invoiceId: Id,
  /** All that is left of the transfer, unless it is said. */
  amountKopecks: v.optional(Kopecks),
  reason: Text(500),
})
export type TransferMatch = v.InferOutput<typeof TransferMatch>

type Transfer = { direction: 'in' | 'out'; kind: string; state: string; leftKopecks: number }
type Invoice = { userId: string; state: string; leftKopecks: number }

/**
 * An operator says for what invoice a transfer is; several together may be for one transfer. One that went out is money
 * given back: it lowers what its payer has with us, and takes nothing of the invoice.
 */
export const matchTransfer = (
  resources: MatchResources,
  who: Pick<User, 'id'>,
  { transferId, invoiceId, amountKopecks: wanted, reason }: TransferMatch & { transferId: string },
): Promise<{ transferId: string; state: 'matched' | 'unidentified' }> =>
  transaction(resources.sql, async (tx) => {
    const [invoice] = await tx<Invoice[]>`
      select user_id, state, amount_kopecks - paid_kopecks as left_kopecks from invoices
      where id = ${invoiceId} for update`
    const [transfer] = await tx<Transfer[]>`
      select direction, kind, state, amount_kopecks - matched_kopecks as left_kopecks from transfers
      where id = ${transferId} for update`
    if (!transfer) throw new Problem('not-found', 'No such transfer')
    if (!invoice) throw new Problem('not-found', 'No such invoice')
    if (transfer.state !== 'unidentified' || transfer.kind === 'payout')
      throw new Problem('conflict', 'Only what is not identified can be matched', { state: transfer.state })
    if (invoice.state === 'draft' || invoice.state === 'cancelled')
      throw new Problem('conflict', 'The invoice takes no money', { state: invoice.state })
    const { leftKopecks } = transfer
    const amountKopecks = wanted ?? leftKopecks
    if (amountKopecks > leftKopecks)
      throw new Problem('conflict', 'More than is left of the transfer', { leftKopecks })

    const match = {
      transferId,
      invoiceId,
      userId: invoice.userId,
      amountKopecks,
      direction: transfer.direction,
      rule: 'by-hand' as const,
      fit: fitOf(amountKopecks, invoice.leftKopecks),
      matchedBy: who.id,
      reason,
      assumedLeftKopecks: invoice.leftKopecks,
    }
    await applyMatches(tx, resources, [{ transferId, matches: [match] }])
    return { transferId, state: amountKopecks === leftKopecks ? 'matched' : 'unidentified' }
  })
