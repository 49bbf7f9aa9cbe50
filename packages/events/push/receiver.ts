import { isConnectionLost } from '@kontora/postgres'
import { Problem, problemResponse } from '@kontora/service'
import {
  beatsOf,
  type HeardBeat,
  type Hearing,
  handleMessages,
  refuseDoubleNames,
} from '../consume/handle-message.ts'
import type { ConsumerResources } from '../consume/handler.ts'
import { readBody, readMessages } from './read-post.ts'
import { readSigned, requireSignature } from './verify-post.ts'

type PushReceiverOptions<Resources extends ConsumerResources> = Omit<Hearing<Resources>, 'resources'> & {
  /** `whsec_…`; several while one is replaced. */
  secrets: string[]
  onBeats?: (beats: HeardBeat[], resources: Hearing<Resources>['resources']) => Promise<void>
}

export type PushReceiver<Resources extends ConsumerResources> = (
  request: Request,
  resources: Hearing<Resources>['resources'],
) => Promise<Response>

/**
 * Takes batches that `kafka-http` posts, as a poll would: each event once in effect, in order, what fails is parked. 204 once
 * all is handled or parked, also for a repeat; 5xx only when the own database is away, and then the batch comes again.
 */
export const createPushReceiver = <Resources extends ConsumerResources>({
  service,
  handlers,
  secrets,
  onBeats,
}: PushReceiverOptions<Resources>): PushReceiver<Resources> => {
  refuseDoubleNames(handlers)
  return async (request, resources) => {
    try {
      if (request.method !== 'POST')
        throw new Problem('method-not-allowed', 'Events are posted', { allow: 'POST' })
      const signed = readSigned(request.headers, resources.now())
      const body = await readBody(request)
      requireSignature(secrets, signed, body)
      const messages = readMessages(body)
      await handleMessages({ service, resources, handlers }, messages)
      const beats = onBeats ? beatsOf(messages) : []
      if (beats.length > 0) await onBeats?.(beats, resources)
      return new Response(null, { status: 204 })
    } catch (error) {
      return problemResponse(refusalOf(error, resources))
    }
  }
}

const refusalOf = (error: unknown, { log }: Hearing<ConsumerResources>['resources']): Problem => {
  if (error instanceof Problem) {
    log.warn('push-refused', { code: error.code })
    return error
  }
  if (isConnectionLost(error)) {
    log.warn('push-not-handled', {}, error)
    return new Problem('unavailable', 'The database cannot be reached', { retryAfterSeconds: 1 })
  }
  log.error('push-not-handled', {}, error)
  return new Problem('internal', 'Something went wrong')
}
