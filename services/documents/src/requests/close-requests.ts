import { transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'

/** Nobody waits for the documents of a person who is no more; what he began to upload goes with the next sweep. */
export const closeRequests = (
  { sql, now }: Pick<WriteResources, 'sql' | 'now'>,
  _: { service: string },
  { userId }: { userId: string },
): Promise<void> =>
  transaction(sql, async (tx) => {
    await tx`
      update requests set state = 'closed' where user_id = ${userId} and state in ('open', 'in-review')`
    await tx`
      update uploads set expires_at = least(expires_at, ${now()}) where user_id = ${userId} and state = 'waiting'`
  })
