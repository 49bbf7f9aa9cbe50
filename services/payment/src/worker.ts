import { createRelay } from '@kontora/events'
import { createJobs } from '@kontora/jobs'
import { app } from './app.ts'
import { jobs } from './jobs.ts'
import { type OpenResources, openResources } from './resources.ts'

type Context = { waitUntil(promise: Promise<unknown>): void; passThroughOnException(): void; props: unknown }

const relayOnce = async ({ sql, kafka, now, newId, log, slot }: OpenResources): Promise<void> => {
  const holder = `payment-worker-${slot}`
  const relay = createRelay({ service: 'payment', holder, sql, kafka, now, newId, log })
  try {
    await relay.round()
  } finally {
    await relay.stop()
  }
}

export default {
  // A workerd connection dies with its request, so each request opens its own.
  async fetch(request: Request, env: Record<string, unknown>, context: Context): Promise<Response> {
    const resources = openResources(env, { max: 5 })
    const response = await app.fetch(request, resources, context)
    context.waitUntil(resources.sql.end())
    return response
  },

  /** The cron trigger, in the place of loops. */
  async scheduled(_: unknown, env: Record<string, unknown>): Promise<void> {
    const resources = openResources(env, { max: 5 })
    try {
      await createJobs(resources, jobs).runAll()
      await relayOnce(resources)
    } finally {
      await resources.sql.end()
    }
  },
}
