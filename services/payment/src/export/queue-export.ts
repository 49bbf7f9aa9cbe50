import type { Transaction } from '@kontora/postgres'
import type { Way } from '../attempts/attempt.ts'
import type { WriteResources } from '../resources.ts'

type Money = { id: string; invoiceId: string; userId: string; amountKopecks: number; at: Date }

/**
 * What 1С is to be told, with its sum and moment as they are now. `id` is the document's key in 1С. A kind that the mapping
 * leaves to 1С is queued all the same, and ends as `left-out`.
 */
export type Queued =
  | ({ kind: 'invoice' | 'transfer' } & Money)
  | ({ kind: 'payment'; way: Way } & Money)
  | ({ kind: 'refund'; paymentId: string } & Money)
  | ({ kind: 'commission'; paymentId: string; way: Way } & Money)
  /** Its own id is a new one: the document in 1С is the invoice's. */
  | ({ kind: 'cancellation' } & Money)
  /** The same of a transfer that is taken back: `documentId` is the match whose document lies in 1С. */
  | ({ kind: 'withdrawal'; documentId: string } & Money)

const documentIdOf = (queued: Queued): string => {
  if (queued.kind === 'withdrawal') return queued.documentId
  return queued.kind === 'cancellation' ? queued.invoiceId : queued.id
}

/**
 * The row stands in the transaction of what it reports, which holds the invoice's lock; the job `export-to-one-c` does the
 * rest, after whatever was queued for this invoice before.
 */
export const queueExport = async (
  tx: Transaction,
  { now }: WriteResources,
  queued: Queued,
): Promise<void> => {
  const { id, kind, invoiceId, userId, amountKopecks, at } = queued
  const way = 'way' in queued ? queued.way : null
  const paymentId = 'paymentId' in queued ? queued.paymentId : null
  const time = now()
  await tx`
    insert into exports (id, kind, document_id, invoice_id, user_id, amount_kopecks, happened_at, way, payment_id, state, attempts,
      created_at, ask_at, after_id)
    select ${id}, ${kind}, ${documentIdOf(queued)}, ${invoiceId}, ${userId}, ${amountKopecks}, ${at}, ${way}, ${paymentId},
      'waiting', 0, ${time}, ${time},
      (select id from exports where invoice_id = ${invoiceId} order by position desc limit 1)`
}
