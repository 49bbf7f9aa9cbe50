import { transaction } from '@kontora/postgres'
import { markEnded } from '../../../../services/payment/src/attempts/end-attempt.ts'
import { lockAttempt } from '../../../../services/payment/src/attempts/lock-attempt.ts'
import { beforeJob } from './mutation.ts'

const sessionMs = 20 * 60_000

/** "Twenty minutes are over, so it is expired, and nobody need ask any more." */
export const expireWithoutAsking = beforeJob('ask-bank', async (resources) => {
  const { sql, now } = resources
  const old = await sql<{ id: string }[]>`
    select id from attempts where state = 'open' and opened_at < ${new Date(now().getTime() - sessionMs)}`
  for (const { id } of old)
    await transaction(sql, async (tx) => {
      const attempt = await lockAttempt(tx, id)
      if (attempt?.state !== 'open') return
      await markEnded(tx, resources, attempt, { state: 'expired', reason: 'clock' })
      await tx`update attempts set ask_at = null where id = ${id}`
    })
})
