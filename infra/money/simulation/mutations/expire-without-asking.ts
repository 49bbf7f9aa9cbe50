import { endAttempt } from '../../../../services/payment/src/attempts/end-attempt.ts'
import { afterJob } from './mutation.ts'

const sessionMs = 20 * 60_000

/** "Twenty minutes are over, so it is expired, and nobody need ask any more." */
export const expireWithoutAsking = afterJob('ask-bank', async (resources) => {
  const { sql, now } = resources
  const old = await sql<{ id: string }[]>`
    select id from attempts where state = 'open' and opened_at < ${new Date(now().getTime() - sessionMs)}`
  for (const { id } of old) {
    await endAttempt(resources, id, { state: 'expired', reason: 'clock' })
    await sql`update attempts set ask_at = null where id = ${id}`
  }
})
