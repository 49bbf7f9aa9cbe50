import { documentsRequested, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { WriteResources } from '../resources.ts'
import type { NewRequest } from './request.ts'

/** Asks a person for a document. */
export const requestDocument = (
  { sql, now, newId }: WriteResources,
  who: { id: string },
  { userId, kind, title, ...more }: NewRequest,
): Promise<{ requestId: string; state: 'open' }> =>
  transaction(sql, async (tx) => {
    const { dueOn = null, campaignId = null } = more
    if (campaignId) await refuseUnknownCampaign(tx, campaignId)
    const time = now()
    const requestId = newId()
    await tx`
      insert into requests (id, user_id, kind, title, due_on, campaign_id, state, requested_by, requested_at)
      values (${requestId}, ${userId}, ${kind}, ${title}, ${dueOn}::text::date, ${campaignId}, 'open', ${who.id}, ${time})`
    const fields = { requestId, userId, kind, dueOn, campaignId }
    await emit(tx, documentsRequested, { id: newId(), subject: requestId, time }, fields)
    return { requestId, state: 'open' }
  })

const refuseUnknownCampaign = async (tx: Transaction, campaignId: string): Promise<void> => {
  const [known] = await tx`select id from campaigns where id = ${campaignId}`
  if (!known)
    throw new Problem('invalid-input', 'There is no such campaign', {
      fields: { campaignId: 'a known campaign' },
    })
}
