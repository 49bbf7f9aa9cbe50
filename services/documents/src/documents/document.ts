import { Id, Text } from '@kontora/validation'
import * as v from 'valibot'
import { Slug } from '../requests/request.ts'

export const DocumentState = v.picklist(['stored', 'accepted', 'rejected'])
export type DocumentState = v.InferOutput<typeof DocumentState>

const note = { versionId: v.optional(Id), comment: v.optional(Text(1000)) }

/** `versionId` says what was looked at: a file that came meanwhile is not judged unseen. */
export const Review = v.variant('decision', [
  v.strictObject({ decision: v.literal('accepted'), reasonCode: v.optional(Slug), ...note }),
  v.strictObject({ decision: v.literal('rejected'), reasonCode: Slug, ...note }),
])
export type Review = v.InferOutput<typeof Review>

const Version = v.object({
  versionId: Id,
  number: v.number(),
  fileName: v.string(),
  contentType: v.string(),
  sizeBytes: v.number(),
  sha256: v.string(),
  storedAt: v.string(),
})

const Reviewed = v.object({
  versionId: Id,
  decision: v.picklist(['accepted', 'rejected']),
  reasonCode: v.nullable(v.string()),
  comment: v.nullable(v.string()),
  reviewedAt: v.string(),
})

export const DocumentSummary = v.object({
  documentId: Id,
  requestId: Id,
  userId: Id,
  kind: v.string(),
  title: v.string(),
  state: DocumentState,
  storedAt: v.string(),
})

/** `review` is the last one, of the version that it names. */
export const DocumentCard = v.object({
  ...DocumentSummary.entries,
  versions: v.array(Version),
  review: v.nullable(Reviewed),
})
export type DocumentCard = v.InferOutput<typeof DocumentCard>
