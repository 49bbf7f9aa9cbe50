import type { BankOrder } from '../../../services/payment/src/acquirer/acquirer.ts'

/** The bank's answer; what it does not tell is unknown, not nothing. */
export const bankOrder = (
  said: Pick<BankOrder, 'orderNumber' | 'state' | 'amountKopecks'> & Partial<BankOrder>,
): BankOrder => ({
  bankId: undefined,
  code: '',
  isRouble: true,
  way: undefined,
  heldKopecks: undefined,
  capturedKopecks: undefined,
  refundedKopecks: undefined,
  refunds: [],
  ...said,
})
