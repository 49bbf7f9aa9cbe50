import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** Resend's own words for a refusal; the message names the field and never repeats what was sent. */
export type Refusal = { statusCode: ContentfulStatusCode; name: string; message: string }

export const refuse = (c: Context, refusal: Refusal): Response => c.json(refusal, refusal.statusCode)

export const notFound: Refusal = { statusCode: 404, name: 'not_found', message: 'Email not found' }

export const missingField = (field: string): Refusal => ({
  statusCode: 422,
  name: 'missing_required_field',
  message: `Missing \`${field}\` field.`,
})

export const invalidField = (field: string, expected: string): Refusal => ({
  statusCode: 422,
  name: 'validation_error',
  message: `Invalid \`${field}\` field. ${expected}`,
})
