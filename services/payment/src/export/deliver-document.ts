import { mostKopecks, OneCFault } from '@kontora/one-c'
import type { AccountingDocument, Delivered, leftOut, Movement, Party } from '../accounting/gateway.ts'
import { ownParty } from '../accounting/odata-gateway.ts'
import type { Resources } from '../resources.ts'
import type { DueExport } from './claim-export.ts'
import { readBill } from './read-bill.ts'

type Delivering = Pick<Resources, 'sql' | 'accounting' | 'readRequisites'>
type Row = Pick<
  DueExport,
  'kind' | 'documentId' | 'invoiceId' | 'paymentId' | 'way' | 'amountKopecks' | 'happenedAt'
>

/** Each step finds what an earlier, interrupted run has left, so a repeat from the beginning makes nothing twice. */
export const deliverDocument = async (
  resources: Delivering,
  row: Row,
): Promise<Delivered | typeof leftOut> => {
  // Before anything is written: cut short, it would lie there as another sum.
  if (row.amountKopecks > mostKopecks)
    throw new OneCFault('business', 'too-large', '1С хранит суммы до 9 999 999 999 999,99 ₽')
  return resources.accounting.put(await documentOf(resources, row))
}

/** What was queued is whole by the table's own check: what is missing here is a bug. */
const known = <Value>(value: Value | null | undefined): Value => {
  if (value === null || value === undefined) throw new Error('An export lacks what its kind has')
  return value
}

const documentOf = async (resources: Delivering, row: Row): Promise<AccountingDocument> => {
  switch (row.kind) {
    case 'invoice':
      return invoiceOf(resources, row)
    case 'cancellation':
      return {
        kind: 'cancellation',
        bill: await readBill(resources.sql, row.invoiceId),
        at: row.happenedAt,
      }
    case 'withdrawal': {
      const bill = await readBill(resources.sql, row.invoiceId)
      return { kind: 'withdrawal', id: row.documentId, bill, at: row.happenedAt }
    }
    case 'payment':
      return { kind: 'payment', way: known(row.way), ...(await movementOf(resources, row)) }
    case 'transfer':
      return { kind: 'transfer', ...(await movementOf(resources, row)) }
    case 'refund':
      return { kind: 'refund', paymentId: known(row.paymentId), ...(await movementOf(resources, row)) }
    case 'commission':
      return commissionOf(resources, row)
  }
}

/** Asked of `client` anew: a name in 1С should be today's, and we keep none. */
const invoiceOf = async (
  { sql, readRequisites }: Delivering,
  { invoiceId }: Row,
): Promise<AccountingDocument> => {
  const bill = await readBill(sql, invoiceId)
  const payer = await readRequisites(bill.userId)
  if (!payer) throw new OneCFault('business', 'no-requisites', 'Плательщик удалён или заблокирован')
  return { kind: 'invoice', bill, payer }
}

/** Under the keys that the base had for him when his invoice was written. */
const partyOf = async ({ sql }: Delivering, invoiceId: string, userId: string): Promise<Party> => {
  const [keys] = await sql<Party[]>`
    select counterparty_key, contract_key from exports
    where invoice_id = ${invoiceId} and kind = 'invoice' and counterparty_key is not null`
  return keys ?? ownParty(userId)
}

const movementOf = async (resources: Delivering, row: Row): Promise<Movement> => {
  const bill = await readBill(resources.sql, row.invoiceId)
  const party = await partyOf(resources, row.invoiceId, bill.userId)
  return { id: row.documentId, bill, party, amountKopecks: row.amountKopecks, at: row.happenedAt }
}

const commissionOf = async (resources: Delivering, row: Row): Promise<AccountingDocument> => {
  const paymentId = known(row.paymentId)
  const movement = await movementOf(resources, row)
  const [payment] = await resources.sql<{ amountKopecks: number; at: Date }[]>`
    select amount_kopecks, happened_at as at from exports where id = ${paymentId} and kind = 'payment'`
  return {
    kind: 'commission',
    ...movement,
    payment: { ...movement, ...known(payment), id: paymentId, way: known(row.way) },
  }
}
