import { createRelay } from '@kontora/events'
import { createJobs } from '@kontora/jobs'
import { app } from './app.ts'
import { jobs } from './jobs.ts'
import { type OpenResources, openResources, service } from './resources.ts'

type Context = { waitUntil: (work: Promise<unknown>) => void }

/** A connection dies with its request here: resources are opened for each and closed behind it. */
const openForOne = (env: unknown): OpenResources => openResources(env, { max: 5 })

const relayOnce = async ({ sql, kafka, now, newId, log }: OpenResources): Promise<void> => {
  const relay = createRelay({ service, holder: `${service}-${newId()}`, sql, kafka, now, newId, log })
  await relay.round().catch((error: unknown) => log.warn('relay-failed', {}, error))
  await relay.stop()
}

const runJobsOnce = async (resources: OpenResources): Promise<void> => {
  const once = createJobs(resources, jobs)
  await once.runAll()
  await once.stop()
}

export default {
  async fetch(request: Request, env: unknown, context: Context): Promise<Response> {
    const resources = openForOne(env)
    const answer = await app.fetch(request, resources)
    // The body may still be asking: it is finished before the connections go.
    const body = await answer.arrayBuffer()
    const told = request.method === 'GET' ? Promise.resolve() : relayOnce(resources)
    context.waitUntil(told.finally(() => resources.sql.end()))
    return new Response(body.byteLength > 0 ? body : null, answer)
  },

  async scheduled(_: unknown, env: unknown, context: Context): Promise<void> {
    const resources = openForOne(env)
    const work = runJobsOnce(resources).then(() => relayOnce(resources))
    context.waitUntil(work.finally(() => resources.sql.end()))
  },
}
