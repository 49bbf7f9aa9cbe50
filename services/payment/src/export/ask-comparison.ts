import type { User } from '@kontora/access'
import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'

/** The job `compare-with-one-c` does it; what it finds stands among the differences. */
export const askComparison = (
  { sql, now, newId }: WriteResources,
  who: Pick<User, 'id'>,
): Promise<{ comparisonId: string; state: 'waiting' }> =>
  transaction(sql, async (tx) => {
    const time = now()
    const comparisonId = newId()
    const row = { id: comparisonId, day: null, askedBy: who.id, askedAt: time, askAt: time }
    await tx`insert into accounting_comparisons ${tx(row)}`
    wakeJob(tx, 'compare-with-one-c')
    return { comparisonId, state: 'waiting' }
  })
