import { bankNumber } from '@kontora/validation'
import type { BankRefund } from '../../../services/payment/src/acquirer/acquirer.ts'
import { BankFault } from '../../../services/payment/src/acquirer/bank-fault.ts'
import { decideRefund } from '../../../services/payment/src/decisions/decide-refund.ts'
import { requestRefund } from '../../../services/payment/src/refunds/request-refund.ts'
import { sendRefunds } from '../../../services/payment/src/refunds/send-refunds.ts'
import { withBank } from '../with-bank.ts'
import { bankOrder } from './bank-order.ts'
import { type Happening, operator } from './happening.ts'

/** The bank takes the refund, and its book then says this of it; or the call ends so. */
const sending =
  (after: BankRefund['state'] | BankFault): Happening['happen'] =>
  async (resources, { id, attemptId }) => {
    const { sql, now } = resources
    await sql`update refunds set ask_at = ${now()} where id = ${id}`
    let isTaken = false
    const refund = async () => {
      if (after instanceof BankFault) throw after
      isTaken = true
    }
    const find = async () => {
      const refundedKopecks = isTaken && after === 'done' ? 10 : 0
      const own = { number: bankNumber(id), amountKopecks: 10, code: '' }
      return bankOrder({
        orderNumber: bankNumber(attemptId),
        state: isTaken ? 'refunded' : 'captured',
        amountKopecks: 1000,
        capturedKopecks: 1000 - refundedKopecks,
        refundedKopecks,
        refunds: isTaken && !(after instanceof BankFault) ? [{ ...own, state: after }] : [],
      })
    }
    await sendRefunds(withBank(resources, { refund, find }))
  }

const deciding =
  (outcome: 'settled' | 'failed'): Happening['happen'] =>
  (resources, { id }) =>
    decideRefund(resources, operator, id, { outcome, reason: 'test' })

export const happenToRefunds: Happening[] = [
  {
    events: ['request'],
    happen: (resources, { attemptId }) =>
      requestRefund(resources, operator, { attemptId, amountKopecks: 1, reason: 'test' }),
  },
  { events: ['send'], happen: sending('pending') },
  { events: ['send', 'lose'], happen: sending(new BankFault('unclear', 'no-answer')) },
  {
    events: ['send', 'not-send'],
    instead: ['lose'],
    happen: sending(new BankFault('not-sent', 'left-alone')),
  },
  { events: ['send', 'settle'], happen: sending('done') },
  { events: ['send', 'fail'], happen: sending('failed') },
  { events: ['decide-settled'], happen: deciding('settled') },
  { events: ['decide-failed'], happen: deciding('failed') },
]
