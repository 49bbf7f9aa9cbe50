import type { Pool } from '@kontora/postgres'
import { type Chance, type Log, newTrace, withTrace } from '@kontora/service'
import type { Queue } from './queue.ts'
import { onWake } from './wake.ts'

/**
 * Work that is due. It claims its own rows (`where ask_at <= ${now()} … for update skip locked`), so that several replicas
 * share it and a crash only delays it, and answers how many it took: more than 0 asks again at once.
 */
export type Job<Resources> = {
  name: string
  everyMs: number
  run: (resources: Resources) => Promise<number>
  /** What it takes its work from, where that is not rows of a feature: see `withQueues`. */
  queue?: Queue
}

type JobResources = { sql: Pool; log: Log } & Pick<Chance, 'random'>

const mostRounds = 100

/** Runs each job on its own beat, one run of a job at a time; `wakeJob` runs one at once, after a commit that gave it work. */
export const createJobs = <Resources extends JobResources>(resources: Resources, jobs: Job<Resources>[]) => {
  const { log, random } = resources
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const atWork = new Map<string, Promise<void>>()
  const again = new Set<string>()
  let running = false
  let stopped = false

  const rounds = async (job: Job<Resources>): Promise<void> => {
    for (let round = 0; round < mostRounds; round++) {
      again.delete(job.name)
      const taken = await job.run(resources)
      if (taken === 0 && !again.has(job.name)) return
      if (stopped) return
    }
  }

  const runNow = (job: Job<Resources>): Promise<void> => {
    const working = atWork.get(job.name)
    if (working) {
      again.add(job.name)
      return working
    }
    const work = withTrace(newTrace(random), () => rounds(job))
      .catch((error: unknown) => log.warn('job-failed', { job: job.name }, error))
      .finally(() => {
        atWork.delete(job.name)
        schedule(job)
      })
    atWork.set(job.name, work)
    return work
  }

  const schedule = (job: Job<Resources>) => {
    clearTimeout(timers.get(job.name))
    if (running)
      timers.set(
        job.name,
        setTimeout(() => void runNow(job), job.everyMs),
      )
  }

  const unlisten = onWake(resources.sql, (name) => {
    const job = jobs.find((one) => one.name === name)
    if (!job) throw new Error(`There is no job ${name}`)
    if (running) void runNow(job)
  })

  return {
    name: 'jobs',
    start: () => {
      running = true
      for (const job of jobs) void runNow(job)
    },
    /** Each job until nothing is due, for a worker's cron trigger; what the others queue is taken in the same turn. */
    runAll: async () => {
      await Promise.all(jobs.filter(({ queue }) => !queue).map(runNow))
      await Promise.all(jobs.filter(({ queue }) => queue).map(runNow))
    },
    stop: async () => {
      running = false
      stopped = true
      unlisten()
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all(atWork.values())
    },
  }
}
