import { bankNumber } from '@kontora/validation'
import { askBank } from '../../../services/payment/src/attempts/ask-bank.ts'
import { registerAttempts } from '../../../services/payment/src/attempts/register-attempts.ts'
import { startAttempt } from '../../../services/payment/src/attempts/start-attempt.ts'
import type { Resources } from '../../../services/payment/src/resources.ts'
import type { Vtb } from '../../../services/payment/src/vtb/client.ts'
import { VtbFault } from '../../../services/payment/src/vtb/vtb-fault.ts'
import type { Happening } from './happening.ts'

const fails = (kind: 'refused' | 'unclear', code: string) => async (): Promise<never> => {
  throw new VtbFault(kind, code)
}

/** The bank does not know of it, and registers it so. */
const registering =
  (register: Vtb['register']): Happening['happen'] =>
  async (resources, { id }) => {
    const { sql, now, vtb } = resources
    await sql`update attempts set start_at = ${now()} where id = ${id}`
    const bank = { ...vtb, register, statusByNumber: async () => undefined, decline: async () => ({}) }
    await registerAttempts({ ...resources, vtb: bank })
  }

type Answer = { orderStatus: number; actionCode?: string; amount?: number }

const answering =
  ({ orderStatus, actionCode = '0', amount = 1000 }: Answer): Happening['happen'] =>
  async (resources: Resources, { id }) => {
    const { sql, now, vtb } = resources
    await sql`update attempts set ask_at = ${now()} where id = ${id}`
    const order = { orderNumber: bankNumber(id), orderStatus, actionCode, amount, currency: '643' }
    await askBank({ ...resources, vtb: { ...vtb, statusOf: async () => order } })
  }

export const happenToAttempts: Happening[] = [
  {
    events: ['start'],
    happen: (resources, { userId, invoiceId }) => startAttempt(resources, userId, { invoiceId, way: 'card' }),
  },
  { events: ['claim'], happen: registering(fails('unclear', 'no-answer')) },
  { events: ['claim', 'refuse'], happen: registering(fails('refused', '5')) },
  {
    events: ['claim', 'register'],
    happen: (resources, row) =>
      registering(async () => ({ mdOrder: row.id, payUrl: 'http://bank.test' }))(resources, row),
  },
  { events: ['pay'], happen: answering({ orderStatus: 2 }) },
  { events: ['mismatch'], happen: answering({ orderStatus: 2, amount: 1001 }) },
  { events: ['refund-elsewhere'], happen: answering({ orderStatus: 4 }) },
  { events: ['decline'], happen: answering({ orderStatus: 6, actionCode: '116' }) },
  { events: ['end-session'], happen: answering({ orderStatus: 6, actionCode: '-2007' }) },
  { events: ['reverse'], happen: answering({ orderStatus: 3 }) },
]
