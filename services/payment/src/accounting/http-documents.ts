import {
  type Counterparty,
  exact,
  type OneCMapping,
  type OneCRow,
  organizationOf,
  roubles,
} from '@kontora/one-c'
import type { Bill, Movement } from './gateway.ts'

type Zone = Pick<OneCMapping, 'timeZone'>

const minuteMs = 60_000

/** How far the base's clock is from UTC at that moment. */
const offsetMinutes = (time: Date, timeZone: string): number => {
  const wall = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(time)
  const seconds = Math.trunc(time.getTime() / 1000) * 1000
  return Math.round((Date.parse(`${wall.replace(' ', 'T')}Z`) - seconds) / minuteMs)
}

const two = (number: number): string => String(number).padStart(2, '0')

/** `2026-11-24T00:30:00+03:00`, of the base's own clock. */
export const zoned = (time: Date, { timeZone }: Zone): string => {
  const offset = offsetMinutes(time, timeZone)
  const [sign, minutes] = offset < 0 ? ['-', -offset] : ['+', offset]
  const wall = new Date(time.getTime() + offset * minuteMs).toISOString().slice(0, 19)
  return `${wall}${sign}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`
}

export const payerBody = ({ displayName, inn, kpp, kind }: Counterparty): OneCRow => ({
  kind,
  name: displayName,
  inn: inn ?? '',
  kpp: kpp ?? '',
})

export const invoiceBody = (bill: Bill, mapping: OneCMapping): OneCRow => ({
  number: bill.number,
  issuedAt: zoned(bill.issuedAt, mapping),
  organization: exact(organizationOf(mapping, bill.legalEntityId).organizationKey),
  counterpartyId: exact(bill.userId),
  amount: roubles(bill.amountKopecks),
  lines: bill.lines.map((line) => ({
    title: line.title,
    quantity: line.quantity,
    price: roubles(line.priceKopecks),
    discount: roubles(line.discountKopecks),
    amount: roubles(line.amountKopecks),
    vatRate: exact(line.vat),
    vatAmount: roubles(line.vatKopecks),
  })),
})

type Paid = Pick<Movement, 'bill' | 'amountKopecks' | 'at'> & {
  method: 'card' | 'sbp' | 'bank'
  /** `null`: not known yet, or not ours to book. */
  feeKopecks: number | null
}

export const paymentBody = (
  { bill, amountKopecks, at, method, feeKopecks }: Paid,
  mapping: OneCMapping,
): OneCRow => ({
  invoiceId: exact(bill.id),
  method: exact(method),
  organization: exact(organizationOf(mapping, bill.legalEntityId).organizationKey),
  amount: roubles(amountKopecks),
  ...(feeKopecks !== null && { fee: roubles(feeKopecks) }),
  paidAt: zoned(at, mapping),
})

type Returned = Pick<Movement, 'bill' | 'amountKopecks' | 'at'> & { paymentId: string }

export const refundBody = (
  { bill, paymentId, amountKopecks, at }: Returned,
  mapping: OneCMapping,
): OneCRow => ({
  invoiceId: exact(bill.id),
  paymentId: exact(paymentId),
  organization: exact(organizationOf(mapping, bill.legalEntityId).organizationKey),
  amount: roubles(amountKopecks),
  refundedAt: zoned(at, mapping),
})

export const cancellationBody = (at: Date, mode: 'mark' | 'unpost', mapping: OneCMapping): OneCRow => ({
  cancelledAt: zoned(at, mapping),
  mode,
})
