import { transaction } from '@kontora/postgres'
import { bankNumber } from '@kontora/validation'
import { book } from '../../../../services/payment/src/ledger/book.ts'
import type { Mutation } from './mutation.ts'

type Paid = { invoiceId: string; userId: string; amountKopecks: number; refundedKopecks: number }

/** "What is left was read a moment ago": two refunds side by side see the same rest. */
export const readBeforeLock: Mutation = (verbs) => ({
  ...verbs,
  requestRefund: async (resources, who, what) => {
    const { sql, now, newId } = resources
    const { attemptId, amountKopecks, reason } = what
    const [paid] = await sql<Paid[]>`
      select invoice_id, user_id, amount_kopecks, refunded_kopecks from attempts
      where id = ${attemptId} and state = 'settled'`
    if (!paid || amountKopecks > paid.amountKopecks - paid.refundedKopecks)
      return verbs.requestRefund(resources, who, what)
    return transaction(sql, async (tx) => {
      const id = newId()
      const { invoiceId, userId } = paid
      const row = { id, attemptId, invoiceId, userId, amountKopecks, reason, requestedBy: who.id }
      const times = { requestedAt: now(), askAt: now() }
      await tx`insert into refunds ${tx({ ...row, ...times, state: 'requested', refundNumber: bankNumber(id) })}`
      await tx`
        update attempts set refunded_kopecks = ${paid.refundedKopecks + amountKopecks} where id = ${attemptId}`
      await book(tx, resources, { kind: 'refund-requested', sourceId: id, userId, amountKopecks })
      return { refundId: id, state: 'requested' as const }
    })
  },
})
