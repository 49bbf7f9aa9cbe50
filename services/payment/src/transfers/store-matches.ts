import { wakeJob } from '@kontora/jobs'
import type { Transaction } from '@kontora/postgres'
import { queueExport } from '../export/queue-export.ts'
import { bookMany } from '../ledger/book-many.ts'
import { transferEntriesOf } from '../ledger/entries.ts'
import { expectTransferReceipt } from '../receipts/expect-receipt.ts'
import type { WriteResources } from '../resources.ts'
import type { NewMatch } from './apply-matches.ts'

/** `fiscal`: where receipts are made at all, money of a person wants one. */
export type MatchResources = WriteResources & { fiscal: object | undefined }

/** `appliedKopecks`: what the invoice took of it. */
export type AppliedMatch = NewMatch & { id: string; appliedKopecks: number }

const dayMs = 86_400_000
/** As long as the bank's own callbacks are kept: then who paid is no question any more. */
const keptMs = 90 * dayMs

/** Whom each line was for: kept, taken off what is unidentified, put on the payer's account, all in a handful of statements. */
export const storeMatches = async (
  tx: Transaction,
  resources: MatchResources,
  applied: readonly AppliedMatch[],
): Promise<void> => {
  if (applied.length === 0) return
  const time = resources.now()
  const rows = applied.map(
    ({ id, transferId, invoiceId, userId, amountKopecks, appliedKopecks, ...match }) => ({
      id,
      transfer_id: transferId,
      invoice_id: invoiceId,
      user_id: userId,
      amount: amountKopecks,
      applied: appliedKopecks,
      fit: match.fit,
      rule: match.rule,
      matched_by: match.matchedBy,
      reason: match.reason,
    }),
  )
  await tx`
    insert into transfer_matches (id, transfer_id, invoice_id, user_id, amount_kopecks, applied_kopecks, fit, rule,
      matched_by, reason, matched_at)
    select id, transfer_id, invoice_id, user_id, amount, applied, fit, rule, matched_by, reason, ${time}
    from jsonb_to_recordset(${tx.json(rows)}) as match (id uuid, transfer_id uuid, invoice_id uuid, user_id uuid,
      amount bigint, applied bigint, fit text, rule text, matched_by text, reason text)`
  await tx`
    update transfers set matched_kopecks = matched_kopecks + told.amount, reason = null, ask_at = null,
      state = case when matched_kopecks + told.amount = amount_kopecks then 'matched' else state end
    from (select transfer_id, sum(amount)::bigint as amount
      from jsonb_to_recordset(${tx.json(rows)}) as match (transfer_id uuid, amount bigint) group by transfer_id) as told
    where transfers.id = told.transfer_id`
  await tx`
    update transfer_details set erase_at = ${new Date(time.getTime() + keptMs)}
    where transfer_id in ${tx([...new Set(applied.map(({ transferId }) => transferId))])}`
  const booked = applied.map((match) => ({
    sourceId: match.id,
    entries: transferEntriesOf['transfer-matched'](match),
  }))
  await bookMany(tx, resources, 'transfer-matched', booked)
  await tellOthers(tx, resources, applied)
}

/** 1С is told, and a receipt is expected: one after the other of one invoice, those of others meanwhile. */
const tellOthers = async (
  tx: Transaction,
  resources: MatchResources,
  applied: readonly AppliedMatch[],
): Promise<void> => {
  const received = applied.filter(({ direction }) => direction === 'in')
  const byInvoice = Map.groupBy(received, ({ invoiceId }) => invoiceId)
  await Promise.all(
    Array.from(byInvoice.values(), async (ofInvoice) => {
      for (const { id, invoiceId, userId, amountKopecks } of ofInvoice) {
        const moved = { id, invoiceId, userId, amountKopecks }
        await queueExport(tx, resources, { kind: 'transfer', ...moved, at: resources.now() })
        if (resources.fiscal) await expectTransferReceipt(tx, resources, moved)
      }
    }),
  )
  if (received.length > 0) wakeJob(tx, 'export-to-one-c')
}
