import type { AcquirerName } from '../acquirer/acquirer.ts'
import { BankFault } from '../acquirer/bank-fault.ts'
import { forEachDue } from '../for-each-due.ts'
import { inTurns } from '../in-turns.ts'
import type { Resources } from '../resources.ts'
import { judgeAttempt } from './judge-attempt.ts'

type Due = { id: string; acquirer: AcquirerName; orderNumber: string; mdOrder: string }

// Asking twice harms nothing, and whoever died while he asked should not keep a payer waiting.
const claimMs = 5000

/** Fewer than the pool has connections: callbacks and payers come in meanwhile. */
const settledAtOnce = 5

/** The job `ask-bank`: what callbacks lost is found here, and what they hint at is asked here. */
export const askBank = async (resources: Resources): Promise<number> => {
  const { sql, now, acquirers, log } = resources
  const due = await sql<Due[]>`
    update attempts set ask_at = ${new Date(now().getTime() + claimMs)}
    where id in (
      select id from attempts where ask_at <= ${now()} and md_order is not null
      order by ask_at limit 20 for update skip locked)
    returning id, acquirer, order_number, md_order`
  const settling = inTurns(settledAtOnce)
  return forEachDue(log, due, async ({ id, acquirer, orderNumber, mdOrder }) => {
    try {
      const order = await acquirers.of(acquirer).find({ orderNumber, bankId: mdOrder })
      if (order) await settling(() => judgeAttempt(resources, id, order))
      else log.error('order-unknown-to-bank', { attemptId: id })
    } catch (error) {
      if (!(error instanceof BankFault)) throw error
      log.warn('bank-not-asked', { attemptId: id, code: error.code })
      const waitMs = Math.max(resources.pollFastMs, 2000, error.retryAfterMs)
      const again = new Date(now().getTime() + waitMs)
      await sql`update attempts set ask_at = ${again} where id = ${id} and ask_at > ${now()}`
    }
  })
}
