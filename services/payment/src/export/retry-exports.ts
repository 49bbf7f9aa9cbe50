import type { User } from '@kontora/access'
import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import { Name } from '@kontora/validation'
import * as v from 'valibot'
import type { WriteResources } from '../resources.ts'

/** `reasonCode` as the list shows it: what one cause has stopped goes on together. */
export const ExportsToRetry = v.strictObject({ reasonCode: Name(100) })
export type ExportsToRetry = v.InferOutput<typeof ExportsToRetry>

/** All that was refused for one reason is tried at once, each document of an invoice still after the one before. */
export const retryExports = (
  { sql, now }: WriteResources,
  who: Pick<User, 'id'>,
  { reasonCode }: ExportsToRetry,
): Promise<{ retried: number }> =>
  transaction(sql, async (tx) => {
    const retried = await tx`
      update exports set state = 'waiting', ask_at = ${now()}, retried_by = ${who.id}, repeats = 0,
        reason_code = null, reason_text = null
      where state = 'failed' and reason_code = ${reasonCode} returning id`
    wakeJob(tx, 'export-to-one-c')
    return { retried: retried.length }
  })
