import { bankNumber } from '@kontora/validation'
import type { BankOrder, OpenedOrder } from '../../../services/payment/src/acquirer/acquirer.ts'
import { BankFault } from '../../../services/payment/src/acquirer/bank-fault.ts'
import { askBank } from '../../../services/payment/src/attempts/ask-bank.ts'
import { registerAttempts } from '../../../services/payment/src/attempts/register-attempts.ts'
import { startAttempt } from '../../../services/payment/src/attempts/start-attempt.ts'
import {
  type AttemptDecision,
  decideAttempt,
} from '../../../services/payment/src/decisions/decide-attempt.ts'
import { withBank } from '../with-bank.ts'
import { bankOrder } from './bank-order.ts'
import { type Happening, operator } from './happening.ts'
import type { Row } from './make-row.ts'

const fails = (kind: 'refused' | 'unclear', code: string) => async (): Promise<never> => {
  throw new BankFault(kind, code)
}

/** The bank does not know of it, and registers it so. */
const registering =
  (register: (row: Row) => Promise<OpenedOrder>): Happening['happen'] =>
  async (resources, row) => {
    const { sql, now } = resources
    await sql`update attempts set start_at = ${now()} where id = ${row.id}`
    const bank = { register: () => register(row), find: async () => undefined, withdraw: async () => {} }
    await registerAttempts(withBank(resources, bank))
  }

const answering =
  (state: BankOrder['state'], amountKopecks = 1000): Happening['happen'] =>
  async (resources, { id }) => {
    const { sql, now } = resources
    const capture = state === 'held' ? 'manual' : 'auto'
    await sql`update attempts set ask_at = ${now()}, capture = case state when 'held' then capture else ${capture} end where id = ${id}`
    const order = bankOrder({ orderNumber: bankNumber(id), state, amountKopecks })
    await askBank(withBank(resources, { find: async () => order }))
  }

const deciding =
  (decision: AttemptDecision): Happening['happen'] =>
  (resources, { id }) =>
    decideAttempt(resources, operator, id, decision)

export const happenToAttempts: Happening[] = [
  {
    events: ['start'],
    happen: (resources, { userId, invoiceId }) => startAttempt(resources, userId, { invoiceId, way: 'card' }),
  },
  { events: ['claim'], happen: registering(fails('unclear', 'no-answer')) },
  { events: ['claim', 'refuse'], happen: registering(fails('refused', '5')) },
  {
    events: ['claim', 'register'],
    happen: registering(async ({ id }) => ({ bankId: id, payUrl: 'http://bank.test' })),
  },
  { events: ['pay'], happen: answering('captured') },
  { events: ['hold'], happen: answering('held') },
  { events: ['mismatch'], happen: answering('captured', 1001) },
  { events: ['refund-elsewhere'], happen: answering('refunded') },
  { events: ['decline'], happen: answering('declined') },
  { events: ['end-session'], happen: answering('expired') },
  { events: ['reverse'], happen: answering('reversed') },
  {
    events: ['decide-settled'],
    happen: deciding({ outcome: 'settled', amountKopecks: 1000, way: 'card', reason: 'test' }),
  },
  { events: ['decide-failed'], happen: deciding({ outcome: 'failed', reason: 'test' }) },
]
