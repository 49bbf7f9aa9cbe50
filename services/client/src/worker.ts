import { createRelay } from '@kontora/events'
import { app } from './app.ts'
import { openResources } from './resources.ts'

type Context = { waitUntil(promise: Promise<unknown>): void; passThroughOnException(): void; props: unknown }

export default {
  // A workerd connection dies with its request, so each request opens its own.
  async fetch(request: Request, env: Record<string, unknown>, context: Context): Promise<Response> {
    const resources = openResources(env, { max: 5 })
    const response = await app.fetch(request, resources, context)
    context.waitUntil(resources.sql.end())
    return response
  },

  /** What a request left in the outbox while the container was away. */
  async scheduled(_: unknown, env: Record<string, unknown>): Promise<void> {
    const { sql, kafka, now, newId, log, slot } = openResources(env, { max: 5 })
    const relay = createRelay({
      service: 'client',
      holder: `client-worker-${slot}`,
      sql,
      kafka,
      now,
      newId,
      log,
    })
    try {
      await relay.round()
    } finally {
      await relay.stop()
      await sql.end()
    }
  },
}
