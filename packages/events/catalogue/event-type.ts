import { Id } from '@kontora/validation'
import * as v from 'valibot'

/** `type` is owner, dot, noun and past tense; its topic is the owner's name. A changed shape gets the next version. */
export type EventType<Schema extends v.GenericSchema = v.GenericSchema> = {
  type: string
  topic: string
  version: number
  schema: Schema
}

export const event = <Schema extends v.GenericSchema>(
  type: string,
  schema: Schema,
  version = 1,
): EventType<Schema> => ({ type, topic: type.split('.')[0] ?? type, version, schema })

const dataschema = (type: string, version: number): string => `urn:kontora:${type}:${version}`

/** CloudEvents 1.0 in JSON. `source` is the service, `subject` the aggregate's id and the message's key. */
export const Envelope = v.object({
  specversion: v.literal('1.0'),
  id: Id,
  type: v.pipe(v.string(), v.maxLength(100)),
  source: v.pipe(v.string(), v.maxLength(100)),
  subject: v.pipe(v.string(), v.maxLength(200)),
  time: v.pipe(v.string(), v.isoTimestamp()),
  dataschema: v.string(),
  traceparent: v.optional(v.string()),
  data: v.unknown(),
})
export type Envelope = v.InferOutput<typeof Envelope>

type Stored = Omit<Envelope, 'specversion' | 'dataschema' | 'time'> & { version: number; time: Date }

export const toEnvelope = ({ version, time, ...event }: Stored): Envelope => ({
  specversion: '1.0',
  ...event,
  time: time.toISOString(),
  dataschema: dataschema(event.type, version),
})

export const isVersionOf = (envelope: Envelope, { type, version }: EventType): boolean =>
  envelope.type === type && envelope.dataschema === dataschema(type, version)
