import type { Transaction } from '@kontora/postgres'
import type { DocumentKind } from '../accounting/gateway.ts'
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
  const [before] = await tx<{ id: string }[]>`
    select id from exports where invoice_id = ${invoiceId} order by position desc limit 1`
  const time = now()
  const what = {
    documentId: documentIdOf(queued),
    invoiceId,
    userId,
    amountKopecks,
    happenedAt: at,
    way: 'way' in queued ? queued.way : null,
    paymentId: 'paymentId' in queued ? queued.paymentId : null,
  }
  const row = { id, kind: kind as DocumentKind, afterId: before?.id ?? null, ...what }
  await tx`insert into exports ${tx({ ...row, state: 'waiting', attempts: 0, createdAt: time, askAt: time })}`
}
