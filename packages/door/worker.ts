import { createRelay, type EventType, type Handler } from '@kontora/events'
import { createJobs, type Job } from '@kontora/jobs'
import type { CommonOpen } from './open-common.ts'
import { createPushDoor } from './take-pushes.ts'

type Context = { waitUntil: (work: Promise<unknown>) => void }
type Bindings = { HYPERDRIVE?: { connectionString: string } }
type App<Resources> = { fetch: (request: Request, resources: Resources) => Response | Promise<Response> }

type Options<Resources extends CommonOpen> = {
  service: string
  /** A connection dies with its request on workerd, so each request opens its own. */
  open: (env: unknown, options: { max: number }) => Resources
  app: App<Resources>
  consumers?: Handler<Resources>[]
  jobs?: (resources: Resources) => Job<Resources>[]
  beat?: EventType
}

const most = 5

/** Behind Hyperdrive the database's address is the binding's. */
const withHyperdrive = (env: unknown): unknown => {
  const { HYPERDRIVE } = env as Bindings
  return HYPERDRIVE ? { ...(env as object), DATABASE_URL: HYPERDRIVE.connectionString } : env
}

/** One round of the relay in the place of its loop; it never holds the service's own name, which the container holds. */
const relayOnce = async (
  service: string,
  resources: CommonOpen,
  beat: EventType | undefined,
): Promise<void> => {
  const { sql, kafka, now, newId, log } = resources
  const holder = `${service}-${newId()}`
  const relay = createRelay({ service, holder, sql, kafka, now, newId, log, ...(beat && { beat }) })
  await relay.round().catch((error: unknown) => log.warn('relay-failed', {}, error))
  await relay.stop()
}

/** The door for workerd: resources per request, pushes and the cron trigger in the place of loops. */
export const createWorker = <Resources extends CommonOpen>(options: Options<Resources>) => {
  const { service, open, app, consumers = [], jobs, beat } = options
  const pushes = createPushDoor(service, consumers)

  const afterRequest = async ({ method }: Request, resources: Resources): Promise<void> => {
    if (method !== 'GET' && method !== 'HEAD') await relayOnce(service, resources, undefined)
  }

  /** A push that was refused costs no connection. */
  const afterPush = async (resources: Resources, taken: boolean): Promise<void> => {
    if (!taken) return
    await pushes.retry(resources)
    await relayOnce(service, resources, undefined)
  }

  return {
    fetch: async (request: Request, env: unknown, context: Context): Promise<Response> => {
      const resources = open(withHyperdrive(env), { max: most })
      const receive = pushes.receiverOf(request, env)
      const answer = await (receive ? receive(request, resources) : app.fetch(request, resources))
      // The body may still be asking: it is finished before the connections go.
      const body = await answer.arrayBuffer()
      const told = receive ? afterPush(resources, answer.ok) : afterRequest(request, resources)
      context.waitUntil(told.finally(() => resources.sql.end()))
      return new Response(body.byteLength > 0 ? body : null, answer)
    },

    scheduled: async (_: unknown, env: unknown, context: Context): Promise<void> => {
      const resources = open(withHyperdrive(env), { max: most })
      const work = async () => {
        const once = createJobs(resources, jobs?.(resources) ?? [])
        await once.runAll()
        await once.stop()
        await pushes.retry(resources)
        await relayOnce(service, resources, beat)
      }
      context.waitUntil(work().finally(() => resources.sql.end()))
    },
  }
}
