import type { DegradedCheck } from '@kontora/service'
import type { Resources } from '../resources.ts'

type Late = { id: string; kind: string; state: string }

/** The job `alarm-receipts`: a receipt that is not delivered in its time is told to people, once, whether the bank answers or not. */
export const alarmReceipts = async ({ sql, now, log }: Resources): Promise<number> => {
  const late = await sql<Late[]>`
    update receipts set alarm_at = null, alarmed_at = coalesce(alarmed_at, ${now()})
    where id in (select id from receipts where alarm_at <= ${now()} order by alarm_at limit 100 for update skip locked)
    returning id, kind, state`
  for (const { id, kind, state } of late)
    if (state !== 'delivered' && state !== 'void') log.error('receipt-late', { receiptId: id, kind, state })
  return late.length
}

/** `degraded` until somebody has seen to each receipt that failed or is late. */
export const receiptsCheck = ({ sql }: Pick<Resources, 'sql'>): DegradedCheck => ({
  name: 'receipts',
  isWell: async () => {
    const alarmed = await sql`
      select id from receipts where state in ('expected', 'sent', 'error') and alarmed_at is not null limit 1`
    return alarmed.length === 0
  },
})
