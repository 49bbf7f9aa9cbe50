import type { Pool } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import * as v from 'valibot'
import { Envelope, isVersionOf } from '../catalogue/event-type.ts'
import type { Kafka } from '../kafka.ts'
import { createNap } from '../nap.ts'
import { consume, type Outcome } from './handle-event.ts'
import type { ConsumerResources, Handler } from './handler.ts'
import { createPosition, type Message } from './position.ts'
import { refuse } from './refuse.ts'
import { retryParked } from './retry-parked.ts'

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

/** Polls, handles in order, commits what was handled; beside it, retries what is parked. */
export const createConsumer = <Resources extends ConsumerResources>(options: ConsumerOptions<Resources>) => {
  const { service, group, instance, topics, kafka, resources, handlers, onBeats, pollMs = 5000 } = options
  const { log, sql, now } = resources
  const position = createPosition(kafka, { group, instance, topics })
  const nap = createNap()
  let running = false

  const one = async (message: Message): Promise<Outcome[]> => {
    const place = { topic: message.topic, partition: message.partition, offset: message.offset }
    const envelope = readEnvelope(message.value)
    if (!envelope) return refuse(resources, service, place, null, 'not an event')
    const mine = handlers.filter(({ event }) => event.type === envelope.type)
    const outcomes: Outcome[] = []
    for (const handler of mine)
      outcomes.push(
        ...(isVersionOf(envelope, handler.event)
          ? [await consume(resources, handler, envelope, place)]
          : await refuse(resources, service, place, envelope.id, 'unknown version')),
      )
    return outcomes
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

  const poll = async () => {
    const messages = await position.poll(pollMs)
    if (!running) return
    for (const message of messages)
      if ((await one(message)).includes('parked'))
        log.warn('event-parked', {
          topic: message.topic,
          partition: message.partition,
          offset: message.offset,
        })
    if (onBeats) {
      const beats = beatsOf(messages)
      if (beats.length > 0) await onBeats(beats)
    }
    await position.commit(messages)
  }

  const pollOrForget = () =>
    poll().catch((error: unknown) => {
      position.forget()
      throw error
    })

  const forever = async (what: string, step: () => Promise<unknown>, pauseMs: number) => {
    while (running) {
      const pause = await step().then(
        () => pauseMs,
        (error: unknown) => {
          log.warn(what, { group }, error)
          return 1000
        },
      )
      if (running && pause > 0) await nap.sleep(pause)
    }
  }

  let done: Promise<unknown> = Promise.resolve()
  return {
    name: `consumer ${group}`,
    start: () => {
      running = true
      const retry = () =>
        retryParked({ ...resources, sql, now } as Resources & { sql: Pool }, service, handlers)
      done = Promise.all([forever('consume-failed', pollOrForget, 0), forever('retry-failed', retry, 1000)])
    },
    /** Does not wait for a poll that hears nothing: what it brings later is uncommitted and comes again. */
    stop: async () => {
      running = false
      nap.wake()
      await Promise.race([done, position.idle()])
      await position.leave()
    },
  }
}
