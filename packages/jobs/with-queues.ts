import { type Pool, poolOf, type Sql } from '@kontora/postgres'
import type { Chance } from '@kontora/service'
import { bossOf } from './boss.ts'
import type { Job } from './jobs.ts'
import { queueDueMoments, rememberSchedules, type Schedule } from './schedule.ts'
import type { QueueJob } from './take.ts'

type Keeping = { sql: Sql } & Pick<Chance, 'now'>

const hourMs = 3_600_000

const momentsJob = <Resources extends Keeping>(schedules: Schedule[]): Job<Resources> => {
  const remembered = new WeakSet<Pool>()
  return {
    name: 'queue-moments',
    everyMs: 5000,
    run: async (resources) => {
      const pool = poolOf(resources.sql)
      if (!remembered.has(pool)) await rememberSchedules(resources, schedules)
      remembered.add(pool)
      return queueDueMoments(resources, schedules)
    },
  }
}

const keepJob = <Resources extends Keeping>(): Job<Resources> => ({
  name: 'keep-queues',
  everyMs: hourMs,
  run: async ({ sql }) => {
    await (await bossOf(sql)).supervise()
    return 0
  },
})

/**
 * The jobs of a service with queued work, and what that needs besides: the moments of its schedules become jobs, and what is
 * long done goes. A service without it carries no pg-boss: not in memory, not in its worker's bundle.
 */
export const withQueues = <Resources extends Keeping>(
  jobs: (Job<Resources> | QueueJob<Resources>)[],
): Job<Resources>[] => {
  const queued = jobs.flatMap((job) => ('take' in job ? job : []))
  const schedules = queued.flatMap(({ schedule }) => schedule ?? [])
  return [
    ...(schedules.length > 0 ? [momentsJob<Resources>(schedules)] : []),
    ...jobs.map((job) =>
      'take' in job ? { name: job.queue.name, everyMs: 1000, run: job.take, queue: job.queue } : job,
    ),
    ...(queued.length > 0 ? [keepJob<Resources>()] : []),
  ]
}
