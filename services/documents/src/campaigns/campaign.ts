import * as v from 'valibot'

const Uuid = v.pipe(v.string(), v.toLowerCase(), v.uuid())
const Word = v.pipe(v.string(), v.minLength(1))
const Time = v.pipe(v.string(), v.isoTimestamp())

/** What we read of the partner's card; fields that we do not know are left alone. */
export const PartnerCampaign = v.object({
  id: Uuid,
  code: Word,
  name: Word,
  status: Word,
  startsAt: Time,
  endsAt: Time,
  documentTemplates: v.optional(v.array(v.object({ type: Word, required: v.optional(v.boolean()) })), []),
})
export type PartnerCampaign = v.InferOutput<typeof PartnerCampaign>

export const requiredKinds = ({ documentTemplates }: PartnerCampaign): string[] =>
  documentTemplates.filter(({ required }) => required).map(({ type }) => type)

/** `readAt` is its age: when the partner last showed it to us. */
export const Campaign = v.object({
  campaignId: v.string(),
  code: v.string(),
  name: v.string(),
  status: v.string(),
  startsAt: v.string(),
  endsAt: v.string(),
  requiredKinds: v.array(v.string()),
  readAt: v.string(),
})
