import { DateOnly, Id, Name } from '@kontora/validation'
import * as v from 'valibot'

export const Slug = v.pipe(
  v.string(),
  v.maxLength(60),
  v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words with hyphens'),
)

export const NewRequest = v.strictObject({
  userId: Id,
  kind: Slug,
  title: Name(200),
  dueOn: v.optional(DateOnly),
  campaignId: v.optional(Id),
})
export type NewRequest = v.InferOutput<typeof NewRequest>

export const RequestState = v.picklist(['open', 'in-review', 'accepted', 'closed'])
export type RequestState = v.InferOutput<typeof RequestState>

export const DocumentRequest = v.object({
  requestId: Id,
  userId: Id,
  kind: v.string(),
  title: v.string(),
  dueOn: v.nullable(v.string()),
  campaignId: v.nullable(Id),
  state: RequestState,
  requestedAt: v.string(),
  documentId: v.nullable(Id),
})

/** A file may follow another until one is accepted. */
export const takesUploads = (state: RequestState): boolean => state === 'open' || state === 'in-review'
