import { endRefund } from '../../../../services/payment/src/refunds/end-refund.ts'
import { afterJob } from './mutation.ts'

/** "No answer means that it was not refunded." */
export const unknownIsFailed = afterJob('send-refunds', async (resources) => {
  const unknown = await resources.sql<{ id: string; attemptId: string }[]>`
    select id, attempt_id from refunds where state = 'unknown'`
  for (const refund of unknown) await endRefund(resources, refund, { state: 'failed', failure: 'time-out' })
})
