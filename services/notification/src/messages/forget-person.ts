import type { Emitter } from '@kontora/events'
import type { Resources } from '../resources.ts'

/** What was not sent yet never will be; a suppressed address stays so, for it is kept as a hash. */
export const forgetPerson = async (
  { sql, now }: Pick<Resources, 'sql' | 'now'>,
  _: Emitter,
  { userId }: { userId: string },
): Promise<void> => {
  await sql`
    update messages set state = 'skipped', reason = 'person deleted', letter_sealed = null, settled_at = ${now()}
    where user_id = ${userId} and state in ('waiting', 'ready', 'parked')`
}
