import { Id, Instant } from '@kontora/validation'
import * as v from 'valibot'

const Scope = v.pipe(
  v.string(),
  v.regex(/^(?:campaign|organization):[A-Za-z0-9_-]{1,100}$/, 'campaign:… or organization:…'),
)

export const NewGrant = v.strictObject({
  roleId: Id,
  scope: v.optional(Scope),
  expiresAt: v.optional(Instant),
})
export type NewGrant = v.InferOutput<typeof NewGrant>

export const GrantAnswer = v.object({
  grantId: Id,
  roleId: Id,
  scope: v.nullable(v.string()),
  expiresAt: v.nullable(v.string()),
})
