import { forEachDue } from '../for-each-due.ts'
import type { Resources } from '../resources.ts'
import { daysAfter, moscowDay } from './difference.ts'
import { reconcileDay } from './reconcile-day.ts'

const claimMs = 10 * 60_000
const morningMs = 9 * 3_600_000
const atOnce = 4

/** The job `reconcile-days`: days of which something came, and each morning the day before, whatever came of it. */
export const reconcileDays = async (resources: Resources): Promise<number> => {
  const { sql, now, log } = resources
  await askForYesterday(resources)
  const claimedUntil = new Date(now().getTime() + claimMs)
  const due = await sql<{ id: string }[]>`
    update days_to_reconcile set ask_at = ${claimedUntil}
    where day in (
      select day from days_to_reconcile where ask_at <= ${now()} order by day limit ${atOnce} for update skip locked)
    returning day::text as id`
  return forEachDue(log, due, async ({ id: day }) => {
    await reconcileDay(resources, { id: 'job' }, { day })
    // Unless something came meanwhile.
    await sql`update days_to_reconcile set ask_at = null where day = ${day} and ask_at = ${claimedUntil}`
  })
}

/** By nine in Moscow the bank has closed the day before. */
const askForYesterday = async ({ sql, now }: Resources): Promise<void> => {
  const time = now()
  const closed = moscowDay(new Date(time.getTime() - morningMs))
  const day = daysAfter(closed, -1)
  await sql`
    insert into days_to_reconcile ${sql({ day, askAt: time })} on conflict (day) do nothing`
}
