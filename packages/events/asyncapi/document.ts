import { toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import { Envelope, type EventType } from '../catalogue/event-type.ts'
import * as catalogue from '../catalogue/index.ts'
import { partitions } from '../partition.ts'

type Json = Record<string, unknown>

const isEventType = (one: unknown): one is EventType =>
  typeof one === 'object' && one !== null && 'topic' in one && 'schema' in one && 'version' in one

/** Every event that any service may emit, dead letters of these services included. */
export const allEvents = (services: readonly string[]): EventType[] => [
  ...Object.values(catalogue as Record<string, unknown>).filter(isEventType),
  ...services.map(catalogue.deadLetter),
]

const schemaOf = (schema: v.GenericSchema): Json => {
  const { $schema: _, ...rest } = toJsonSchema(schema, { errorMode: 'ignore', typeMode: 'input' }) as Json
  return rest
}

/** The envelope, and in it what this event alone says of itself. */
const payloadOf = ({ type, version, schema }: EventType): Json => {
  const { properties, ...envelope } = schemaOf(Envelope) as { properties: Json }
  const own = {
    type: { const: type },
    dataschema: { const: `urn:kontora:${type}:${version}` },
    data: schemaOf(schema),
  }
  return { ...envelope, properties: { ...properties, ...own } }
}

const messageOf = (event: EventType): Json => ({
  name: event.type,
  title: `${event.type}, version ${event.version}`,
  contentType: 'application/cloudevents+json',
  payload: payloadOf(event),
  bindings: {
    kafka: { key: { type: 'string', description: "the aggregate's id, `subject`" }, bindingVersion: '0.5.0' },
  },
})

const channelOf = (topic: string, events: EventType[]): Json => ({
  address: topic,
  messages: Object.fromEntries(events.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }])),
  bindings: { kafka: { topic, partitions, bindingVersion: '0.5.0' } },
})

const operationOf = (action: 'send' | 'receive', topic: string, events: EventType[]): Json => ({
  action,
  channel: { $ref: `#/channels/${topic}` },
  messages: events.map(({ type }) => ({ $ref: `#/channels/${topic}/messages/${type}` })),
})

/** AsyncAPI 3 of all topics: the catalogue in another form, never written by hand. */
export const asyncApiDocument = (services: readonly string[]): Json => {
  const events = allEvents(services).toSorted((one, other) => (one.type < other.type ? -1 : 1))
  const topics = [...Map.groupBy(events, ({ topic }) => topic)].sort()
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Kontora events',
      version: '1',
      description:
        'CloudEvents 1.0 in JSON, one topic an owner, keyed by the aggregate; at least once, in order per key. They carry ids, states and amounts, never a name or an address.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(topics.map(([topic, own]) => [topic, channelOf(topic, own)])),
    operations: Object.fromEntries(
      topics.flatMap(([topic, own]) => [
        [`send-${topic}`, operationOf('send', topic, own)],
        [`receive-${topic}`, operationOf('receive', topic, own)],
      ]),
    ),
    components: { messages: Object.fromEntries(events.map((each) => [each.type, messageOf(each)])) },
  }
}
