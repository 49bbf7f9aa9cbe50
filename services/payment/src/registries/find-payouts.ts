import type { Resources } from '../resources.ts'
import { type PayoutLine, payoutOf } from './payout.ts'
import { type Payout, registerPayout } from './register-payout.ts'

const atOnce = 2000

/** The job `find-payouts`: what a registry says was paid is looked for among the lines of statements, both ways. */
export const findPayouts = async (resources: Resources): Promise<number> => {
  const { sql } = resources
  const waiting = await sql<Payout[]>`
    select id, number, paid_on::text as paid_on, gross_kopecks, commission_kopecks, net_kopecks from payouts
    where registered_at is null order by paid_on, id limit ${atOnce}`
  if (waiting.length === 0) return 0
  const lines = await sql<PayoutLine[]>`
    select id, case direction when 'in' then amount_kopecks else -amount_kopecks end as amount_kopecks,
      booked_on::text as booked_on, coalesce(purpose, '') as purpose
    from transfers left join transfer_details on transfer_id = id
    where kind = 'payout' and state = 'unidentified' and gone_at is null order by id limit ${atOnce}`
  let found = 0
  for (const payout of waiting) {
    const line = payoutOf(payout, lines)
    if (!line && payout.netKopecks !== 0) continue
    await registerPayout(resources, payout, line)
    if (line) lines.splice(lines.indexOf(line), 1)
    found += 1
  }
  return found
}
