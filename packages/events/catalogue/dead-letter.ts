import { Id } from '@kontora/validation'
import * as v from 'valibot'
import type { EventType } from './event-type.ts'

const schema = v.object({
  handler: v.string(),
  topic: v.string(),
  partition: v.number(),
  offset: v.number(),
  eventId: v.nullable(Id),
  reason: v.string(),
})

/** What a consumer gave up on, by reference; the event itself waits in its table `parked` for the operator. */
export const deadLetter = (service: string): EventType<typeof schema> => ({
  type: `${service}.dead-letter`,
  topic: `${service}.dlq`,
  version: 1,
  schema,
})
