import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { event } from './event-type.ts'

/** `aboutId` is the aggregate that the letter tells of: an invoice, a request for a document. */
const message = v.object({
  messageId: Id,
  kind: v.string(),
  userId: v.nullable(Id),
  aboutId: v.optional(v.nullable(Id)),
})

export const notificationSent = event('notification.sent', message)
export const notificationDelivered = event('notification.delivered', message)
export const notificationBounced = event('notification.bounced', message)
export const notificationComplained = event('notification.complained', message)
export const notificationFailed = event('notification.failed', message)
