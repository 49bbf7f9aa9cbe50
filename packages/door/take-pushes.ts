import { accessHandlers, applyBeats } from '@kontora/access'
import { createPushReceiver, type Handler, retryParked } from '@kontora/events'
import { readSettings, workerSettings } from '@kontora/service'
import type { CommonOpen } from './open-common.ts'

/** Where `kafka-http` posts to a worker. Idempotent by the inbox, so it takes no Idempotency-Key. */
export const pushPath = '/events'

/** The topics whose beats tell how old the access feed is. */
const feedTopics = new Set(['auth', 'client'])

const mostTurns = 20

/** What a worker hears: the access feed, and what the service's container would poll for. */
export const createPushDoor = <Resources extends CommonOpen>(
  service: string,
  consumers: Handler<Resources>[],
) => {
  const handlers = [...accessHandlers<Resources>(), ...consumers]
  return {
    /** Undefined for every other request, and where no push is expected. */
    receiverOf: (request: Request, env: unknown) => {
      if (new URL(request.url).pathname !== pushPath) return undefined
      const { PUSH_SECRETS: secrets } = readSettings(workerSettings, env)
      return (
        secrets &&
        createPushReceiver<Resources>({
          service,
          handlers,
          secrets,
          onBeats: (beats, { sql }) => {
            const ofFeed = beats.filter(({ topic }) => feedTopics.has(topic))
            return ofFeed.length > 0 ? applyBeats(sql)(ofFeed) : Promise.resolve()
          },
        })
      )
    },
    /** In the place of the consumer's own loop: after a push, and by the cron trigger. */
    retry: async (resources: Resources): Promise<void> => {
      try {
        // Behind the first of a key the next one is due.
        for (let turn = 0; turn < mostTurns; turn++)
          if ((await retryParked(resources, service, handlers)) === 0) return
      } catch (error) {
        resources.log.warn('retry-failed', {}, error)
      }
    },
  }
}
