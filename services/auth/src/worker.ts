import { createRelay } from '@kontora/events'
import { createJobs } from '@kontora/jobs'
import { app } from './app.ts'
import { jobs } from './jobs.ts'
import { openResources } from './resources.ts'

type Context = { waitUntil: (work: Promise<unknown>) => void }

/** A connection dies with its request here: resources are opened for each and closed behind it. */
const openForOne = (env: unknown) => openResources(env, { max: 5 })

const relayOnce = ({ sql, kafka, now, newId, log }: ReturnType<typeof openForOne>) =>
  createRelay({ service: 'auth', holder: `auth-${newId()}`, sql, kafka, now, newId, log })

export default {
  async fetch(request: Request, env: unknown, context: Context): Promise<Response> {
    const resources = openForOne(env)
    const answer = await app.fetch(request, resources)
    // The body may still be asking: it is finished before the connections go.
    const body = await answer.arrayBuffer()
    context.waitUntil(resources.sql.end())
    return new Response(body.byteLength > 0 ? body : null, answer)
  },

  async scheduled(_: unknown, env: unknown, context: Context): Promise<void> {
    const resources = openForOne(env)
    const work = async () => {
      await createJobs(resources, jobs).runAll()
      const relay = relayOnce(resources)
      await relay.round()
      await relay.stop()
      await resources.sql.end()
    }
    context.waitUntil(work())
  },
}
