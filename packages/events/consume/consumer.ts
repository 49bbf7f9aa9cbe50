import { type Kafka, within } from '../kafka.ts'
import { createNap } from '../nap.ts'
import { beatsOf, type HeardBeat, type Hearing, handleMessages, refuseDoubleNames } from './handle-message.ts'
import type { ConsumerResources } from './handler.ts'
import { createPosition } from './position.ts'
import { retryParked } from './retry-parked.ts'
import { createVanishedWatch } from './vanished.ts'

export type ConsumerOptions<Resources extends ConsumerResources> = Hearing<Resources> & {
  /** `<service>` or `<service>-access`. */
  group: string
  /** `<group>-<slot>`: stable, so that a restart takes its place up again. */
  instance: string
  topics: string[]
  kafka: Kafka
  onBeats?: (beats: HeardBeat[]) => Promise<void>
  pollMs?: number
}

/** What a gateway that is going down, or another process of the same instance, answers at once. */
const tooSoonMs = 50
const leaveMs = 3000

/** Polls, handles each partition in order, commits what was handled; beside it, retries what is parked. */
export const createConsumer = <Resources extends ConsumerResources>(options: ConsumerOptions<Resources>) => {
  const { service, group, instance, topics, kafka, resources, handlers, onBeats, pollMs = 5000 } = options
  const { log, now } = resources
  refuseDoubleNames(handlers)
  const position = createPosition(kafka, { group, instance, topics })
  const watchVanished = createVanishedWatch(resources, service, handlers)
  const nap = createNap()
  let running = false

  const poll = async (): Promise<number> => {
    const began = now().getTime()
    const messages = await position.poll(pollMs)
    const handled = await handleMessages(options, messages, () => running)
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
