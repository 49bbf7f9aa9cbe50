import { createRelay } from '@kontora/events'
import { createJobs } from '@kontora/jobs'
import { app } from './app.ts'
import { jobs } from './jobs.ts'
import { openResources } from './resources.ts'

type Context = { waitUntil(promise: Promise<unknown>): void; passThroughOnException(): void; props: unknown }

export default {
  // A workerd connection dies with its request, so each request opens its own.
  fetch: async (request: Request, env: Record<string, unknown>, context: Context): Promise<Response> => {
    const resources = openResources(env, { max: 5 })
    const response = await app.fetch(request, resources, context)
    context.waitUntil(resources.sql.end())
    return response
  },

  /** Each job once, and what a request left in the outbox while the container was away. */
  scheduled: async (_: unknown, env: Record<string, unknown>): Promise<void> => {
    const resources = openResources(env, { max: 5 })
    const { sql, kafka, now, newId, log, slot } = resources
    const holder = `documents-worker-${slot}`
    const relay = createRelay({ service: 'documents', holder, sql, kafka, now, newId, log })
    try {
      await createJobs(resources, jobs(resources)).runAll()
      await relay.round()
    } finally {
      await relay.stop()
      await sql.end()
    }
  },
}
