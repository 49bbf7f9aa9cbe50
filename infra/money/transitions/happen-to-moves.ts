import { bankNumber } from '@kontora/validation'
import type { BankOrder } from '../../../services/payment/src/acquirer/acquirer.ts'
import { BankFault } from '../../../services/payment/src/acquirer/bank-fault.ts'
import { decideMove } from '../../../services/payment/src/decisions/decide-move.ts'
import { moveHolds } from '../../../services/payment/src/holds/move-holds.ts'
import { requestMove } from '../../../services/payment/src/holds/request-move.ts'
import { withBank } from '../with-bank.ts'
import { bankOrder } from './bank-order.ts'
import { type Happening, operator } from './happening.ts'

type Told = { before?: BankOrder['state']; after?: BankOrder['state']; fault?: BankFault }

/** What the bank's order is before it is told, what the call ends in, and what the order is then. */
const moving =
  ({ before = 'held', after = 'held', fault }: Told): Happening['happen'] =>
  async (resources, { id, attemptId }) => {
    const { sql, now } = resources
    await sql`update hold_moves set ask_at = ${now()} where id = ${id}`
    let isTold = false
    const capture = async () => {
      isTold = true
      if (fault) throw fault
    }
    const find = async () =>
      bankOrder({
        orderNumber: bankNumber(attemptId),
        state: isTold ? after : before,
        amountKopecks: 1000,
      })
    await moveHolds(withBank(resources, { capture, find }))
  }

export const happenToMoves: Happening[] = [
  {
    events: ['request'],
    happen: (resources, { attemptId }) =>
      requestMove(resources, operator, { attemptId, kind: 'capture', amountKopecks: 1000, reason: 'test' }),
  },
  { events: ['send', 'lose'], happen: moving({ fault: new BankFault('unclear', 'no-answer') }) },
  {
    events: ['send', 'not-send'],
    instead: ['lose'],
    happen: moving({ fault: new BankFault('not-sent', 'left-alone') }),
  },
  { events: ['do'], happen: moving({ before: 'captured', after: 'captured' }) },
  { events: ['fail'], happen: moving({ before: 'reversed', after: 'reversed' }) },
  {
    events: ['decide-failed'],
    happen: (resources, { id }) => decideMove(resources, operator, id, { outcome: 'failed', reason: 'test' }),
  },
]
