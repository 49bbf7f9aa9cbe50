import type { User } from '@kontora/access'
import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import * as v from 'valibot'
import type { WriteResources } from '../resources.ts'

/** `paused`: nothing is sent, what is on its way ends. `open`: 1С is asked again, from its first fault on. */
export const BaseChange = v.strictObject({ state: v.picklist(['open', 'paused']) })
export type BaseChange = v.InferOutput<typeof BaseChange>

export const changeBase = (
  { sql, now }: WriteResources,
  who: Pick<User, 'id'>,
  { state }: BaseChange,
): Promise<BaseChange> =>
  transaction(sql, async (tx) => {
    await tx`
      update accounting_base set state = ${state}, faults = 0, resume_at = null, changed_by = ${who.id},
        changed_at = ${now()}, reason_code = ${state === 'paused' ? 'by-operator' : null}, reason_text = null
      where id = 'one-c'`
    wakeJob(tx, 'export-to-one-c')
    return { state }
  })
