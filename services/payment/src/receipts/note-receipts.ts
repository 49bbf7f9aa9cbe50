import { emit, paymentReceiptDelivered } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import type { BankReceiptAnswer } from '../vtb/receipt-schemas.ts'
import { type Match, matchReceipts, type Waiting } from './match-receipts.ts'
import { nextReceiptAskMs, type Outcome, type ReceiptState } from './receipt.ts'

type Row = Waiting & {
  state: ReceiptState
  invoiceId: string
  attemptId: string
  userId: string
  expectedAt: Date
  toldAt: Date | null
  alarmedAt: Date | null
}
type Noting = Pick<Resources, 'sql' | 'now' | 'newId' | 'random' | 'log'>

/** What the bank's own list of an order's receipts makes of ours; asked again and again, it changes nothing twice. */
export const noteReceipts = (
  resources: Noting,
  attemptId: string,
  list: readonly BankReceiptAnswer[],
): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    const rows = await tx<Row[]>`
      select id, kind, amount_kopecks, bank_uuid, to_jsonb(given_up_uuids) as given_up_uuids, state, invoice_id, attempt_id, user_id, expected_at,
        told_at, alarmed_at
      from receipts where attempt_id = ${attemptId} order by expected_at, id for update`
    // One that the bank has not been told of cannot be in its list.
    const waiting = rows.filter(({ kind, state, toldAt }) => state !== 'void' && (kind !== 'final' || toldAt))
    const { matches, corrections, strange } = matchReceipts(waiting, list)
    for (const match of matches) await note(tx, resources, rows, list, match)
    const [first] = rows
    if (first) for (const correction of corrections) await adopt(tx, resources, first, correction)
    if (strange > 0) resources.log.warn('receipts-strange', { attemptId, count: strange })
    const open = rows.filter(
      ({ id }) => !matches.some((match) => match.id === id && match.outcome === 'delivered'),
    )
    for (const row of open) await askLater(tx, resources, row)
  })

const note = async (
  tx: Transaction,
  resources: Noting,
  rows: Row[],
  list: readonly BankReceiptAnswer[],
  match: Match,
): Promise<void> => {
  const row = rows.find(({ id }) => id === match.id)
  const answer = list.find(({ uuid }) => uuid === match.uuid)
  if (!row || !answer || row.state === 'delivered') return
  if (match.outcome === 'error') return fail(tx, resources, row, match.uuid, 'bank')
  if (match.outcome === 'sent') {
    await tx`
      update receipts set state = 'sent', bank_uuid = ${match.uuid}, reason = null where id = ${row.id}`
    return
  }
  if (!match.isAmountRight) return fail(tx, resources, row, match.uuid, 'amount')
  await deliver(tx, resources, row, answer)
}

const deliver = async (
  tx: Transaction,
  { now, newId }: Noting,
  { id, invoiceId, attemptId, userId }: Row,
  { uuid, fiscalDriveNumber, fiscalDocumentNumber, fiscalSign, ofdUrl, issuedAt }: BankReceiptAnswer,
): Promise<void> => {
  const time = now()
  const fiscal = { fiscalDriveNumber, fiscalDocumentNumber, fiscalSign, ofdUrl, issuedAt }
  await tx`
    update receipts set ${tx({ ...fiscal, state: 'delivered', reason: null, bankUuid: uuid, deliveredAt: time, askAt: null, alarmAt: null })}
    where id = ${id}`
  const occurrence = { id: newId(), subject: invoiceId, time }
  await emit(tx, paymentReceiptDelivered, occurrence, { receiptId: id, invoiceId, attemptId, userId })
}

/** The till could not make it, or made it of another sum: told at once, and asked on, for a late delivery is one too. */
const fail = async (
  tx: Transaction,
  { now, log }: Noting,
  { id, state, kind, alarmedAt }: Row,
  uuid: string,
  reason: string,
): Promise<void> => {
  await tx`
    update receipts set state = 'error', reason = ${reason}, bank_uuid = ${uuid}, alarmed_at = ${alarmedAt ?? now()}
    where id = ${id}`
  if (state !== 'error') log.error('receipt-failed', { receiptId: id, kind, reason })
}

/** Made at the bank's cabinet by a person: known here so that a failure of it is seen. */
const adopt = async (
  tx: Transaction,
  resources: Noting,
  { invoiceId, attemptId, userId, amountKopecks }: Row,
  { uuid, outcome }: { uuid: string; outcome: Outcome },
): Promise<void> => {
  const { now, newId, log } = resources
  const id = newId()
  const time = now()
  const isFailed = outcome === 'error'
  await tx`
    insert into receipts ${tx({
      ...{ id, kind: 'correction', sourceId: id, invoiceId, attemptId, userId, amountKopecks },
      state: isFailed ? 'error' : 'sent',
      reason: isFailed ? 'bank' : null,
      bankUuid: uuid,
      expectedAt: time,
      askAt: new Date(time.getTime() + (nextReceiptAskMs(0) ?? 0)),
      alarmedAt: isFailed ? time : null,
    })}`
  if (isFailed) log.error('receipt-failed', { receiptId: id, kind: 'correction', reason: 'bank' })
}

/** A hint that came meanwhile has set it to the past, and is not to be lost. */
const askLater = async (tx: Transaction, { now }: Noting, row: Row): Promise<void> => {
  const since = row.toldAt ?? row.expectedAt
  const nextMs = nextReceiptAskMs(now().getTime() - since.getTime())
  const next = nextMs === undefined ? null : new Date(now().getTime() + nextMs)
  await tx`update receipts set ask_at = ${next} where id = ${row.id} and ask_at > ${now()}`
}
