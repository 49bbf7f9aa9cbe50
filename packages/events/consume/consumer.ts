import { isUnstorable, type Pool } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import * as v from 'valibot'
import { Envelope, isVersionOf } from '../catalogue/event-type.ts'
import { type Kafka, within } from '../kafka.ts'
import { createNap } from '../nap.ts'
import { buryUnread } from './bury.ts'
import { consume, inTraceOf, type Outcome } from './handle-event.ts'
import type { ConsumerResources, Handler } from './handler.ts'
import { inLanes } from './lanes.ts'
import type { Place } from './parked.ts'
import { createPosition, type Message } from './position.ts'
import { refuse } from './refuse.ts'
import { retryParked } from './retry-parked.ts'
import { createVanishedWatch } from './vanished.ts'

/** The last beat of each partition that a poll brought. `time` is the sender's. */
export type HeardBeat = { topic: string; partition: number; time: Date }

export type ConsumerOptions<Resources extends ConsumerResources> = {
  service: string
  /** `<service>` or `<service>-access`. */
  group: string
  /** `<group>-<slot>`: stable, so that a restart takes its place up again. */
  instance: string
  topics: string[]
  kafka: Kafka
  resources: Resources & { sql: Pool; log: Log }
  handlers: Handler<Resources>[]
  onBeats?: (beats: HeardBeat[]) => Promise<void>
  pollMs?: number
}

const readEnvelope = (value: string): Envelope | undefined => {
  try {
    return v.parse(Envelope, JSON.parse(value))
  } catch {
    return undefined
  }
}

const beatsOf = (messages: Message[]): HeardBeat[] => {
  const last = new Map<string, HeardBeat>()
  for (const { topic, partition, value } of messages) {
    const envelope = readEnvelope(value)
    if (envelope?.type === `${topic}.beat`)
      last.set(`${topic} ${partition}`, { topic, partition, time: new Date(envelope.time) })
  }
  return [...last.values()]
}

const refuseDoubleNames = (names: string[]): void => {
  const double = names.find((name, i) => names.indexOf(name) !== i)
  if (double) throw new Error(`Two handlers have the name ${double}, by which the inbox tells them apart`)
}

/** What a gateway that is going down, or another process of the same instance, answers at once. */
const tooSoonMs = 50
const leaveMs = 3000

/** Polls, handles each partition in order, commits what was handled; beside it, retries what is parked. */
export const createConsumer = <Resources extends ConsumerResources>(options: ConsumerOptions<Resources>) => {
  const { service, group, instance, topics, kafka, resources, handlers, onBeats, pollMs = 5000 } = options
  const { log, now } = resources
  refuseDoubleNames(handlers.map(({ name }) => name))
  const position = createPosition(kafka, { group, instance, topics })
  const watchVanished = createVanishedWatch(resources, service, handlers)
  const nap = createNap()
  let running = false

  const handle = async (
    handler: Handler<Resources>,
    envelope: Envelope,
    place: Place,
  ): Promise<Outcome[]> => {
    const of = { eventId: envelope.id, handler: handler.name }
    if (!isVersionOf(envelope, handler.event))
      return [
        await inTraceOf(envelope, () => buryUnread({ ...resources, service }, handler, envelope, place)),
      ]
    try {
      return [await consume(resources, handler, envelope, place)]
    } catch (error) {
      if (isUnstorable(error)) return refuse(resources, service, place, { ...of, reason: 'cannot be stored' })
      throw error
    }
  }

  const one = async ({ topic, partition, offset, value }: Message): Promise<void> => {
    const place = { topic, partition, offset }
    const envelope = readEnvelope(value)
    const outcomes: Outcome[] = envelope
      ? []
      : await refuse(resources, service, place, { reason: 'not an event' })
    for (const handler of handlers)
      if (envelope && handler.event.type === envelope.type)
        outcomes.push(...(await handle(handler, envelope, place)))
    if (outcomes.includes('parked')) log.warn('event-parked', place)
  }

  const poll = async (): Promise<number> => {
    const began = now().getTime()
    const messages = await position.poll(pollMs)
    const handled: Message[] = []
    const byPlace = Map.groupBy(messages, ({ topic, partition }) => `${topic} ${partition}`)
    await inLanes([...byPlace.values()], async (message) => {
      if (!running) return false
      await one(message)
      handled.push(message)
      return true
    })
    const beats = onBeats ? beatsOf(handled) : []
    if (beats.length > 0) await onBeats?.(beats)
    await position.commit(handled)
    return messages.length === 0 && now().getTime() - began < tooSoonMs ? 200 : 0
  }

  const pollOrForget = () =>
    poll().catch((error: unknown) => {
      position.forget()
      throw error
    })

  const retry = async (): Promise<number> => {
    while (running && (await retryParked(resources, service, handlers)) > 0);
    await watchVanished()
    return 1000
  }

  /** `step` answers how long to rest after it. */
  const forever = async (what: string, step: () => Promise<number>) => {
    while (running) {
      const pause = await step().catch((error: unknown) => {
        log.warn(what, { group }, error)
        return 1000
      })
      if (running && pause > 0) await nap.sleep(pause)
    }
  }

  let polling: Promise<void> = Promise.resolve()
  let retrying: Promise<void> = Promise.resolve()
  return {
    name: `consumer ${group}`,
    start: () => {
      running = true
      polling = forever('consume-failed', pollOrForget)
      retrying = forever('retry-failed', retry)
    },
    /** Does not wait for a poll that hears nothing: what it brings later is uncommitted and comes again. */
    stop: async () => {
      running = false
      nap.wake()
      await Promise.all([retrying, Promise.race([polling, position.idle()])])
      // A gateway that is away takes the instance out by itself.
      await within(leaveMs, position.leave()).catch(() => {})
    },
  }
}
