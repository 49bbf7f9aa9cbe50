import { bankNumber } from '@kontora/validation'
import { requestRefund } from '../../../services/payment/src/refunds/request-refund.ts'
import { sendRefunds } from '../../../services/payment/src/refunds/send-refunds.ts'
import { VtbFault } from '../../../services/payment/src/vtb/vtb-fault.ts'
import { type Happening, operator } from './happening.ts'

const [done, inProgress, failed] = ['0', '1120', '124']

/** The bank takes the refund, and its book then says this of it; or nobody knows whether it took it. */
const sending =
  (after: string | undefined): Happening['happen'] =>
  async (resources, { id, attemptId }) => {
    const { sql, now, vtb } = resources
    await sql`update refunds set ask_at = ${now()} where id = ${id}`
    let isTaken = false
    const refund = async () => {
      if (after === undefined) throw new VtbFault('unclear', 'no-answer')
      isTaken = true
      return {}
    }
    const statusOf = async () => {
      const refundedAmount = isTaken && after === done ? 10 : 0
      return {
        orderNumber: bankNumber(attemptId),
        orderStatus: isTaken ? 4 : 2,
        amount: 1000,
        currency: '643',
        paymentAmountInfo: { depositedAmount: 1000 - refundedAmount, refundedAmount },
        refunds: isTaken ? [{ amount: 10, actionCode: after, externalRefundId: bankNumber(id) }] : [],
      }
    }
    await sendRefunds({ ...resources, vtb: { ...vtb, refund, statusOf } })
  }

export const happenToRefunds: Happening[] = [
  {
    events: ['request'],
    happen: (resources, { attemptId }) =>
      requestRefund(resources, operator, { attemptId, amountKopecks: 1, reason: 'test' }),
  },
  { events: ['send'], happen: sending(inProgress) },
  { events: ['send', 'lose'], happen: sending(undefined) },
  { events: ['send', 'settle'], happen: sending(done) },
  { events: ['send', 'fail'], happen: sending(failed) },
]
