import { giveLeasesBack, type Lease, renewLeases, takeLeases } from './lease.ts'
import { nap } from './nap.ts'
import { type ServingResources, serveSubscription } from './serve-subscription.ts'

const lookMs = 1000
const restMs = 1000
/** For answers that are under way when the gateway goes down; what is cut is posted again by another. */
const lastAnswersMs = 5000

type Task = { lease: Lease; end: () => void; done: Promise<void> }

const keyOf = ({ subscription, epoch }: Lease): string => `${epoch} ${subscription}`

/** Push subscriptions beside HTTP: each is served by one gateway at a time, and by another within its lease when that one dies. */
export const createPush = (resources: ServingResources) => {
  const { sql, log, now, newId } = resources
  const holder = newId()
  const tasks = new Map<string, Task>()
  const ending = new AbortController()
  const cut = new AbortController()

  const start = (lease: Lease): void => {
    const rest = new AbortController()
    const serving = { lease, holder, rest: AbortSignal.any([rest.signal, ending.signal]), cut: cut.signal }
    const work = async (): Promise<void> => {
      while (!serving.rest.aborted) {
        await serveSubscription(resources, serving).catch((error: unknown) =>
          log.warn('push-interrupted', { subscription: lease.subscription }, error),
        )
        await nap(restMs, serving.rest)
      }
    }
    tasks.set(keyOf(lease), { lease, end: () => rest.abort(), done: work() })
  }

  const look = async (): Promise<void> => {
    const ours = [...tasks.values()].map(({ lease }) => lease)
    const kept = new Set((await renewLeases(sql, ours, holder, now())).map(keyOf))
    for (const [key, task] of tasks) {
      if (kept.has(key)) continue
      task.end()
      tasks.delete(key)
      leaving.add(task.done)
      void task.done.finally(() => leaving.delete(task.done))
    }
    for (const lease of await takeLeases(sql, holder, now())) start(lease)
  }

  const leaving = new Set<Promise<void>>()
  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await look().catch((error: unknown) => log.warn('push-look-failed', {}, error))
      await nap(lookMs, ending.signal)
    }
  }

  let looking: Promise<void> = Promise.resolve()
  return {
    name: 'push',
    start: () => {
      looking = loop()
    },
    stop: async (): Promise<void> => {
      ending.abort()
      const late = setTimeout(() => cut.abort(), lastAnswersMs)
      await looking
      await Promise.all([...tasks.values()].map(({ done }) => done).concat(...leaving))
      clearTimeout(late)
      await giveLeasesBack(sql, holder, now()).catch(() => {})
    },
  }
}
