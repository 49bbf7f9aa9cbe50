import type { User } from '@kontora/access'
import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Text } from '@kontora/validation'
import * as v from 'valibot'
import type { WriteResources } from '../resources.ts'

export const LeftOut = v.strictObject({ reason: Text(500) })

/** The accountant has entered it by hand: it is never sent, so it is not booked twice, and what waits behind it goes on. */
export const leaveOutExport = (
  { sql, now }: WriteResources,
  who: Pick<User, 'id'>,
  { id, reason }: { id: string; reason: string },
): Promise<{ id: string; state: 'left-out' }> =>
  transaction(sql, async (tx) => {
    const [row] = await tx<{ state: string; isUnderWay: boolean }[]>`
      select state, leased_until is not null and leased_until > ${now()} as is_under_way
      from exports where id = ${id} for update`
    if (!row) throw new Problem('not-found', 'No such export')
    if (row.state === 'exported') throw new Problem('conflict', 'It lies in 1С already')
    if (row.isUnderWay) throw new Problem('conflict', 'It is on its way')
    await tx`
      update exports set state = 'left-out', ask_at = null, lease = null, leased_until = null,
        retried_by = ${who.id}, reason_code = 'by-hand', reason_text = ${reason}
      where id = ${id}`
    wakeJob(tx, 'export-to-one-c')
    return { id, state: 'left-out' }
  })
