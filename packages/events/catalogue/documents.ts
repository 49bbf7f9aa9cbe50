import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { event } from './event-type.ts'

const of = { requestId: Id, userId: Id }

export const documentsRequested = event(
  'documents.requested',
  v.object({ ...of, kind: v.string(), dueOn: v.nullable(v.string()), campaignId: v.nullable(v.string()) }),
)

/** The object in S3 has the promised size and SHA-256. */
export const documentsStored = event(
  'documents.stored',
  v.object({ ...of, documentId: Id, versionId: Id, sizeBytes: v.number(), sha256: v.string() }),
)

export const documentsReviewed = event(
  'documents.reviewed',
  v.object({ ...of, documentId: Id, decision: v.picklist(['accepted', 'rejected']) }),
)

export const documentsRejected = event(
  'documents.rejected',
  v.object({ ...of, documentId: Id, reasonCode: v.string() }),
)

export const documentsDelivered = event(
  'documents.delivered',
  v.object({ documentId: Id, system: v.picklist(['one-c', 'roback', 'campaigns']) }),
)

export const documentsCampaignChanged = event(
  'documents.campaign-changed',
  v.object({ campaignId: v.string(), status: v.string() }),
)
