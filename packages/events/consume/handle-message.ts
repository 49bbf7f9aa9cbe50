import { isUnstorable, type Pool } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import * as v from 'valibot'
import { Envelope, isVersionOf } from '../catalogue/event-type.ts'
import { buryUnread } from './bury.ts'
import { consume, inTraceOf, type Outcome } from './handle-event.ts'
import type { ConsumerResources, Handler } from './handler.ts'
import { inLanes } from './lanes.ts'
import type { Place } from './parked.ts'
import { refuse } from './refuse.ts'

/** As a poll or a push brings it. */
export type Message = Place & { key: string; value: string | null }

/** The last beat of each partition that a poll or a push brought. `time` is the sender's. */
export type HeardBeat = { topic: string; partition: number; time: Date }

export type Hearing<Resources extends ConsumerResources> = {
  service: string
  resources: Resources & { sql: Pool; log: Log }
  handlers: Handler<Resources>[]
}

const readEnvelope = (value: string | null): Envelope | undefined => {
  try {
    return v.parse(Envelope, JSON.parse(value ?? ''))
  } catch {
    return undefined
  }
}

export const beatsOf = (messages: Message[]): HeardBeat[] => {
  const last = new Map<string, HeardBeat>()
  for (const { topic, partition, value } of messages) {
    const envelope = readEnvelope(value)
    if (envelope?.type === `${topic}.beat`)
      last.set(`${topic} ${partition}`, { topic, partition, time: new Date(envelope.time) })
  }
  return [...last.values()]
}

export const refuseDoubleNames = (handlers: { name: string }[]): void => {
  const names = handlers.map(({ name }) => name)
  const double = names.find((name, i) => names.indexOf(name) !== i)
  if (double) throw new Error(`Two handlers have the name ${double}, by which the inbox tells them apart`)
}

const handle = async <Resources extends ConsumerResources>(
  { service, resources }: Hearing<Resources>,
  handler: Handler<Resources>,
  envelope: Envelope,
  place: Place,
): Promise<Outcome[]> => {
  const of = { eventId: envelope.id, handler: handler.name }
  if (!isVersionOf(envelope, handler.event))
    return [await inTraceOf(envelope, () => buryUnread({ ...resources, service }, handler, envelope, place))]
  try {
    return [await consume(resources, handler, envelope, place)]
  } catch (error) {
    if (isUnstorable(error)) return refuse(resources, service, place, { ...of, reason: 'cannot be stored' })
    throw error
  }
}

/** Every handler of its event in turn: once in effect, however often it comes. Only a database that is away is thrown. */
const handleMessage = async <Resources extends ConsumerResources>(
  hearing: Hearing<Resources>,
  { topic, partition, offset, value }: Message,
): Promise<void> => {
  const { service, resources, handlers } = hearing
  const place = { topic, partition, offset }
  const envelope = readEnvelope(value)
  const outcomes: Outcome[] = envelope
    ? []
    : await refuse(resources, service, place, { reason: 'not an event' })
  for (const handler of handlers)
    if (envelope && handler.event.type === envelope.type)
      outcomes.push(...(await handle(hearing, handler, envelope, place)))
  if (outcomes.includes('parked')) resources.log.warn('event-parked', place)
}

/** Each partition in its order, some side by side; answers with what was handled before `goesOn` said no. */
export const handleMessages = async <Resources extends ConsumerResources, One extends Message>(
  hearing: Hearing<Resources>,
  messages: One[],
  goesOn: () => boolean = () => true,
): Promise<One[]> => {
  const handled: One[] = []
  const byPlace = Map.groupBy(messages, ({ topic, partition }) => `${topic} ${partition}`)
  await inLanes([...byPlace.values()], async (message) => {
    if (!goesOn()) return false
    await handleMessage(hearing, message)
    handled.push(message)
    return true
  })
  return handled
}
