import type { Payment } from './payment.ts'

type Moment = { at: string; what: string; about: string }

/** 1 234,56 ₽, as an operator reads it. */
const roubles = (kopecks: number | null): string => {
  if (kopecks === null) return ''
  const [whole = '0', part = '00'] = (Math.abs(kopecks) / 100).toFixed(2).split('.')
  return `${kopecks < 0 ? '-' : ''}${whole.replace(/\B(?=(\d{3})+$)/g, ' ')},${part} ₽`
}

/** What has no time has not happened. */
const moment = (at: string | null, what: string, ...about: (string | null)[]): Moment[] =>
  at ? [{ at, what, about: about.filter(Boolean).join(' · ') }] : []

const ofAttempts = ({ attempts, callbacks, moves }: Payment): Moment[] => [
  ...attempts.flatMap(({ attemptId: id, ...attempt }) => [
    ...moment(attempt.startedAt, 'attempt started', roubles(attempt.amountKopecks), attempt.acquirer, id),
    ...moment(attempt.openedAt, 'order opened at the bank', attempt.orderNumber, attempt.mdOrder),
    ...moment(attempt.heldAt, 'money held', id),
    ...moment(
      attempt.endedAt,
      `attempt ${attempt.state}`,
      attempt.way,
      roubles(attempt.capturedKopecks),
      attempt.reason,
      id,
    ),
    ...moment(attempt.askAt, 'the bank is asked next', id),
  ]),
  ...callbacks.flatMap(({ receivedAt, operation, status, attemptId }) =>
    moment(receivedAt, 'callback', operation, `status ${status}`, attemptId),
  ),
  ...moves.flatMap(({ moveId: id, kind, ...move }) => [
    ...moment(move.requestedAt, `${kind} requested`, roubles(move.amountKopecks), move.requestedBy, id),
    ...moment(move.endedAt, `${kind} ${move.state}`, move.failure, id),
  ]),
]

const ofRefunds = ({ refunds }: Payment): Moment[] =>
  refunds.flatMap(({ refundId: id, ...refund }) => [
    ...moment(refund.requestedAt, 'refund requested', roubles(refund.amountKopecks), refund.requestedBy, id),
    ...moment(refund.attemptedAt, 'refund sent to the bank', refund.refundNumber, id),
    ...moment(refund.acceptedAt, 'refund accepted by the bank', id),
    ...moment(refund.endedAt, `refund ${refund.state}`, refund.failure, id),
  ])

const ofTransfers = ({ transfers }: Payment): Moment[] =>
  transfers.flatMap((match) => [
    ...moment(
      match.matchedAt,
      `transfer ${match.direction} matched`,
      roubles(match.amountKopecks),
      match.rule,
      match.matchedBy,
      match.transferId,
    ),
    ...moment(
      match.unmatchedAt,
      'transfer unmatched',
      match.unmatchedBy,
      match.unmatchReason,
      match.transferId,
    ),
  ])

const ofPeople = ({ decisions, reminders, letters }: Payment): Moment[] => [
  ...decisions.flatMap((decision) =>
    moment(
      decision.decidedAt,
      `${decision.subject} decided ${decision.outcome}`,
      decision.decidedBy,
      decision.reason,
      decision.subjectId,
    ),
  ),
  ...reminders.flatMap(({ toldAt, days }) => moment(toldAt, 'reminder', `day ${days}`)),
  ...letters.flatMap(({ changedAt, kind, state, messageId }) =>
    moment(changedAt, `letter ${state}`, kind, messageId),
  ),
]

const ofPapers = ({ receipts, exports }: Payment): Moment[] => [
  ...receipts.flatMap(({ receiptId: id, kind, ...receipt }) => [
    ...moment(receipt.expectedAt, `receipt ${kind} expected`, roubles(receipt.amountKopecks), id),
    ...moment(receipt.deliveredAt, `receipt ${kind} delivered`, receipt.bankUuid, id),
    ...moment(receipt.alarmedAt, `receipt ${kind} alarmed`, receipt.reason, id),
  ]),
  ...exports.flatMap(({ exportId: id, kind, ...document }) => [
    ...moment(document.createdAt, `${kind} for 1С`, document.state, document.reasonCode, id),
    ...moment(document.exportedAt, `${kind} in 1С`, document.oneCNumber, id),
  ]),
]

/** One line a movement, its entries behind it. */
const ofLedger = ({ ledger }: Payment): Moment[] =>
  [...Map.groupBy(ledger, ({ transactionId }) => transactionId).values()].flatMap((entries) => {
    const moved = entries.map(({ account, amountKopecks }) => `${account} ${roubles(amountKopecks)}`)
    return moment(entries[0]?.madeAt ?? null, `booked ${entries[0]?.kind}`, ...moved)
  })

const ofInvoice = ({ invoice }: Payment): Moment[] => [
  ...moment(
    invoice.issuedAt,
    'invoice issued',
    invoice.number,
    roubles(invoice.amountKopecks),
    invoice.invoiceId,
  ),
  ...moment(invoice.paidAt, 'invoice paid', roubles(invoice.paidKopecks)),
  ...moment(invoice.cancelledAt, 'invoice cancelled'),
  ...moment(invoice.expiredAt, 'invoice expired'),
]

/** The payment as a story, a line for each thing that happened, in the order of time. */
export const tellPayment = (payment: Payment): string => {
  const parts = [ofInvoice, ofAttempts, ofLedger, ofRefunds, ofTransfers, ofPeople, ofPapers]
  const moments = parts
    .flatMap((part) => part(payment))
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const width = Math.max(...moments.map(({ what }) => what.length), 0)
  const lines = moments.map(({ at, what, about }) => `${at}  ${what.padEnd(width)}  ${about}`.trimEnd())
  const { invoice, differences } = payment
  const head = `${invoice.number ?? 'a draft'}: ${invoice.state}, ${roubles(invoice.paidKopecks)} of ${roubles(invoice.amountKopecks)}`
  const open = differences.map(
    ({ type, day, subjectKind, subject }) =>
      `difference not explained: ${type} · ${day ?? ''} · ${subjectKind} ${subject}`,
  )
  return [head, ...lines, ...open].join('\n')
}
