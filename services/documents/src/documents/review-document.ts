import { documentsRejected, documentsReviewed, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { planDeliveries } from '../deliveries/plan-deliveries.ts'
import type { Partners } from '../deliveries/system.ts'
import type { WriteResources } from '../resources.ts'
import type { DocumentState, Review } from './document.ts'

type Locked = {
  requestId: string
  userId: string
  campaignId: string | null
  state: DocumentState
  versionId: string
}

/** Judges the last version. An accepted one is on its way to the partners, a rejected one is asked for again. */
export const reviewDocument = (
  resources: WriteResources & { partners: Partners },
  who: { id: string },
  { documentId, ...review }: Review & { documentId: string },
): Promise<{ state: DocumentState }> =>
  transaction(resources.sql, async (tx) => {
    const document = await lockDocument(tx, documentId)
    if (document.state !== 'stored')
      throw new Problem('conflict', 'Only a stored document is reviewed', { state: document.state })
    if (review.versionId && review.versionId !== document.versionId)
      throw new Problem('conflict', 'Another file has come meanwhile', {
        fields: { versionId: 'the last version' },
      })

    const { decision } = review
    await keepReview(tx, resources, who, { documentId, review, versionId: document.versionId })
    await tx`update documents set state = ${decision} where id = ${documentId}`
    await tx`
      update requests set state = ${decision === 'accepted' ? 'accepted' : 'open'}
      where id = ${document.requestId} and state = 'in-review'`
    if (decision === 'accepted') await planDeliveries(tx, resources, { documentId, ...document })
    await report(tx, resources, { documentId, ...document }, review)
    return { state: decision }
  })

const lockDocument = async (tx: Transaction, documentId: string): Promise<Locked> => {
  await tx`
    select id from requests where id = (select request_id from documents where id = ${documentId}) for update`
  const [document] = await tx<Locked[]>`
    select request_id, documents.user_id, campaign_id, documents.state, versions.id as version_id
    from documents join requests on requests.id = request_id join versions on document_id = documents.id
    where documents.id = ${documentId} order by number desc limit 1`
  if (!document) throw new Problem('not-found', 'No such document')
  return document
}

const keepReview = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  who: { id: string },
  { documentId, versionId, review }: { documentId: string; versionId: string; review: Review },
): Promise<void> => {
  const { decision, reasonCode = null, comment = null } = review
  const judged = { id: newId(), documentId, versionId, decision, reasonCode, comment }
  await tx`insert into reviews ${tx({ ...judged, reviewedBy: who.id, reviewedAt: now() })}`
}

const report = async (
  tx: Transaction,
  { now, newId }: WriteResources,
  { documentId, requestId, userId }: Locked & { documentId: string },
  review: Review,
): Promise<void> => {
  const about = { requestId, userId, documentId }
  const occurrence = () => ({ id: newId(), subject: requestId, time: now() })
  await emit(tx, documentsReviewed, occurrence(), { ...about, decision: review.decision })
  if (review.decision === 'rejected')
    await emit(tx, documentsRejected, occurrence(), { ...about, reasonCode: review.reasonCode })
}
