import type { User } from '@kontora/access'
import { emit, paymentReceiptDelivered } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Url } from '@kontora/validation'
import * as v from 'valibot'
import type { WriteResources } from '../resources.ts'
import { lockReceipt, type Repeated } from './repeat-receipt.ts'

const Digits = (most: number) =>
  v.pipe(v.string(), v.regex(new RegExp(`^\\d{1,${most}}$`), `up to ${most} digits`))

/** What a till prints: ФН has 16 digits, ФД and ФПД up to 10. */
export const TillReceipt = v.strictObject({
  fiscalDriveNumber: v.pipe(v.string(), v.regex(/^\d{16}$/, '16 digits')),
  fiscalDocumentNumber: Digits(10),
  fiscalSign: Digits(10),
  ofdUrl: v.optional(v.pipe(Url, v.startsWith('https://'))),
})
export type TillReceipt = v.InferOutput<typeof TillReceipt>

/** `not-due`: between companies after all, or a receipt has been made elsewhere for it. `corrected`: a correction stands for it. */
export const Waiver = v.strictObject({ reason: v.picklist(['not-due', 'corrected']) })

/** Somebody has made it at a till: for a transfer, or for what the bank could not. */
export const recordReceipt = (
  { sql, now, newId }: WriteResources,
  who: Pick<User, 'id'>,
  {
    receiptId,
    ofdUrl = null,
    ...till
  }: { receiptId: string; ofdUrl?: string | null | undefined } & Omit<TillReceipt, 'ofdUrl'>,
): Promise<Repeated> =>
  transaction(sql, async (tx) => {
    const { kind, state } = await lockReceipt(tx, receiptId)
    // The bank may still make it, and then there would be two.
    if (kind === 'final' && state === 'sent')
      throw new Problem('conflict', 'The bank is making it', { state })
    const time = now()
    const [row] = await tx<Ended[]>`
      update receipts set ${tx({ ...till, ofdUrl, state: 'delivered', reason: 'by-hand', issuedAt: time, deliveredAt: time, endedBy: who.id, ...nothingMore })}, ${notTold(tx)}
      where id = ${receiptId} returning invoice_id, attempt_id, user_id`
    if (!row) throw new Error('It was locked')
    const { attemptId, ...ids } = row
    const told = { receiptId, ...ids, ...(attemptId && { attemptId }) }
    await emit(tx, paymentReceiptDelivered, { id: newId(), subject: row.invoiceId, time }, told)
    return { receiptId, state: 'delivered' }
  })

type Ended = { invoiceId: string; attemptId: string | null; userId: string }
const nothingMore = { askAt: null, alarmAt: null, alarmedAt: null }
/** An advance that is made by hand is closed like any other. */
const notTold = (tx: Transaction) => tx`tell_at = case kind when 'final' then null else tell_at end`

export const waiveReceipt = (
  { sql }: WriteResources,
  who: Pick<User, 'id'>,
  { receiptId, reason }: { receiptId: string; reason: 'not-due' | 'corrected' },
): Promise<Repeated> =>
  transaction(sql, async (tx) => {
    await lockReceipt(tx, receiptId)
    await tx`
      update receipts set ${tx({ state: 'void', reason, endedBy: who.id, ...nothingMore })}, ${notTold(tx)}
      where id = ${receiptId}`
    return { receiptId, state: 'void' }
  })
