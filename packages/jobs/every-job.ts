import type { Pool } from '@kontora/postgres'
import type { Chance } from '@kontora/service'
import { bossOf } from './boss.ts'
import type { Job } from './jobs.ts'
import { queueDueMoments, rememberSchedules } from './schedule.ts'

type Keeping = { sql: Pool } & Pick<Chance, 'now'>

export const queueMoments = 'queue-moments'
const hourMs = 3_600_000

/** What a service with queued work needs besides: the moments of its schedules become jobs, and what is long done goes. */
export const everyJob = <Resources extends Keeping>(jobs: Job<Resources>[]): Job<Resources>[] => {
  const schedules = jobs.flatMap(({ schedule }) => schedule ?? [])
  let remembered = false
  const tellMoments = async (resources: Resources): Promise<number> => {
    if (!remembered) await rememberSchedules(resources, schedules)
    remembered = true
    return queueDueMoments(resources, schedules)
  }
  const keepTables = async ({ sql }: Resources): Promise<number> => {
    await (await bossOf(sql)).supervise()
    return 0
  }
  return [
    ...(schedules.length > 0 ? [{ name: queueMoments, everyMs: 5000, run: tellMoments }] : []),
    ...jobs,
    ...(jobs.some(({ queue }) => queue) ? [{ name: 'keep-queues', everyMs: hourMs, run: keepTables }] : []),
  ]
}
