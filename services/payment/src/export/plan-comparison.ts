import { wakeJob } from '@kontora/jobs'
import { dayOf } from '../invoices/invoice.ts'
import type { WriteResources } from '../resources.ts'

/** The schedule `plan-comparison`: each night one row for the job `compare-with-one-c`, which may ask 1С for as long as it takes. */
export const planComparison = async (
  { sql, now, newId }: WriteResources,
  { at }: { at: Date },
): Promise<void> => {
  const row = { id: newId(), day: dayOf(at), askedBy: 'schedule', askedAt: now(), askAt: now() }
  await sql`insert into accounting_comparisons ${sql(row)} on conflict (day) do nothing`
  wakeJob(sql, 'compare-with-one-c')
}
