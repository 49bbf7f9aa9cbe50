import type { User } from '@kontora/access'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { Text } from '@kontora/validation'
import * as v from 'valibot'
import type { WriteResources } from '../resources.ts'

export const Explanation = v.strictObject({ explanation: Text(1000) })

/** An operator says what a difference is about; it stays in the books, but raises no alarm any more. */
export const explainDifference = (
  { sql, now }: WriteResources,
  { id: explainedBy }: Pick<User, 'id'>,
  { differenceId, explanation }: { differenceId: string; explanation: string },
): Promise<{ differenceId: string }> =>
  transaction(sql, async (tx) => {
    const explained = await tx`
      update differences set ${tx({ explainedBy, explanation, explainedAt: now() })}
      where id = ${differenceId} and gone_at is null and explained_at is null returning id`
    if (explained.length === 1) return { differenceId }
    const known = await tx`select id from differences where id = ${differenceId}`
    if (known.length === 0) throw new Problem('not-found', 'No such difference')
    throw new Problem('conflict', 'The difference is gone, or explained already')
  })
