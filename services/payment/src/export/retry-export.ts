import type { User } from '@kontora/access'
import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { WriteResources } from '../resources.ts'

/** What was refused, or waits for its next time, is tried at once. */
export const retryExport = (
  { sql, now }: WriteResources,
  who: Pick<User, 'id'>,
  { id }: { id: string },
): Promise<{ id: string; state: 'waiting' }> =>
  transaction(sql, async (tx) => {
    const [row] = await tx<{ state: string; reasonCode: string | null }[]>`
      select state, reason_code from exports where id = ${id} for update`
    if (!row) throw new Problem('not-found', 'No such export')
    if (row.state === 'exported') throw new Problem('conflict', 'It lies in 1С already')
    await tx`
      update exports set state = 'waiting', ask_at = ${now()}, retried_by = ${who.id}, repeats = 0,
        reason_code = null, reason_text = null
      where id = ${id}`
    wakeJob(tx, 'export-to-one-c')
    return { id, state: 'waiting' }
  })
