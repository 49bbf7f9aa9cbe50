import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'

/** The operator has put a setting right, or decided that an unknown outcome was none. */
export const retryParkedLetters = (
  { sql, now }: Pick<Resources, 'sql' | 'now'>,
  messageId?: string,
): Promise<number> =>
  transaction(sql, async (tx) => {
    const retried = await tx`
      update messages set state = 'ready', attempts = 0, first_asked_at = null, ask_at = ${now()}
      where state = 'parked' and letter_sealed is not null and (${messageId ?? null}::uuid is null or id = ${messageId ?? null})
      returning id`
    wakeJob(tx, 'send-letters')
    return retried.length
  })
