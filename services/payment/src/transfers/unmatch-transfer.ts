import type { User } from '@kontora/access'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Text } from '@kontora/validation'
import * as v from 'valibot'
import { queueExport } from '../export/queue-export.ts'
import { withdrawPayment } from '../invoices/withdraw-payment.ts'
import { bookMany } from '../ledger/book-many.ts'
import { transferEntriesOf } from '../ledger/entries.ts'
import type { WriteResources } from '../resources.ts'

export const TransferUnmatch = v.strictObject({ reason: Text(500) })
export type TransferUnmatch = v.InferOutput<typeof TransferUnmatch>

type Match = { id: string; invoiceId: string; userId: string; amountKopecks: number; appliedKopecks: number }

/** All that a transfer was matched to is taken back: its money is unidentified again, and its invoices are as unpaid as before it. */
export const unmatchTransfer = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  { transferId, reason }: TransferUnmatch & { transferId: string },
): Promise<{ transferId: string; state: 'unidentified' }> =>
  transaction(resources.sql, async (tx) => {
    await tx`
      select id from invoices where id in (
        select invoice_id from transfer_matches where transfer_id = ${transferId} and unmatched_at is null)
      order by id for update`
    const [transfer] = await tx<{ direction: 'in' | 'out' }[]>`
      select direction from transfers where id = ${transferId} for update`
    if (!transfer) throw new Problem('not-found', 'No such transfer')
    const matches = await endMatches(tx, resources, who, transferId, reason)
    if (matches.length === 0) throw new Problem('conflict', 'The transfer is matched to nothing')

    for (const { invoiceId, appliedKopecks } of matches)
      if (appliedKopecks > 0) await withdrawPayment(tx, resources, invoiceId, appliedKopecks)
    const booked = matches.map((match) => ({
      sourceId: match.id,
      entries: transferEntriesOf['transfer-unmatched']({ ...match, ...transfer }),
    }))
    await bookMany(tx, resources, 'transfer-unmatched', booked)
    // One that was made already stays: it is given back by a receipt of a refund, which somebody has to make.
    await tx`
      update receipts set state = 'void', reason = 'unmatched', ask_at = null, alarm_at = null, alarmed_at = null
      where state = 'expected' and source_id in ${tx(matches.map(({ id }) => id))}`
    await takeBackFromOneC(tx, resources, matches)
    await tx`
      update transfers set state = 'unidentified', matched_kopecks = 0, reason = 'unmatched', ask_at = null
      where id = ${transferId}`
    await tx`update transfer_details set erase_at = null where transfer_id = ${transferId}`
    return { transferId, state: 'unidentified' }
  })

/** What waits is not told any more; what lies there, or is on its way, is followed by its withdrawal. */
const takeBackFromOneC = async (
  tx: Transaction,
  resources: WriteResources,
  matches: readonly Match[],
): Promise<void> => {
  const ids = matches.map(({ id }) => id)
  await tx`
    update exports set state = 'left-out', reason_code = 'unmatched', ask_at = null
    where state in ('waiting', 'failed') and lease is null and id in ${tx(ids)}`
  const told = await tx<{ id: string }[]>`
    select id from exports where id in ${tx(ids)} and state <> 'left-out' order by position`
  for (const { id: documentId } of told) {
    const match = matches.find(({ id }) => id === documentId)
    if (!match) continue
    const { invoiceId, userId, amountKopecks } = match
    const money = { invoiceId, userId, amountKopecks, at: resources.now() }
    await queueExport(tx, resources, { kind: 'withdrawal', id: resources.newId(), documentId, ...money })
  }
  if (told.length > 0) wakeJob(tx, 'export-to-one-c')
}

const endMatches = (
  tx: Transaction,
  { now }: WriteResources,
  { id: unmatchedBy }: Pick<User, 'id'>,
  transferId: string,
  unmatchReason: string,
): Promise<Match[]> => tx<Match[]>`
  update transfer_matches set ${tx({ unmatchedBy, unmatchReason, unmatchedAt: now() })}
  where transfer_id = ${transferId} and unmatched_at is null
  returning id, invoice_id, user_id, amount_kopecks, applied_kopecks`
