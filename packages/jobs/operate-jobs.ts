import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import { bossOf, dbOf, deadLetters } from './boss.ts'
import type { Envelope } from './queue.ts'
import { wakeJob } from './wake.ts'

/** Never what a job holds: its queue, how often it was tried, and a name and a code of why it failed. */
export type DeadJob = {
  jobId: string
  queue: string
  tries: number
  reason: string
  queuedAt: Date
  deadAt: Date
}

export type QueueLine = { name: string; waiting: number; failing: number; dead: number; nextAt: Date | null }

type Dead = {
  id: string
  sourceName: string
  sourceRetryCount: number
  sourceOutput: { reason?: string } | null
  sourceCreatedOn: Date
  createdOn: Date
}

/** The oldest 200 that wait for an operator. */
export const listDeadJobs = async (sql: Sql): Promise<DeadJob[]> => {
  const boss = await bossOf(sql)
  const jobs = (await boss.findJobs<Envelope>(deadLetters, { queued: true, limit: 200 })) as unknown as Dead[]
  return jobs
    .map((job) => ({
      jobId: job.id,
      queue: job.sourceName,
      tries: job.sourceRetryCount + 1,
      reason: job.sourceOutput?.reason ?? 'unknown',
      queuedAt: job.sourceCreatedOn,
      deadAt: job.createdOn,
    }))
    .sort((one, other) => one.deadAt.getTime() - other.deadAt.getTime())
}

/** Each queue with what waits in it for the first time, what failed and waits to be tried again, and what is dead. */
export const listQueues = (sql: Sql): Promise<QueueLine[]> =>
  sql<QueueLine[]>`
    select queue.name, schedules.next_at,
      count(job.id) filter (where job.name = queue.name and job.state = 'created') as waiting,
      count(job.id) filter (where job.name = queue.name and job.state = 'retry') as failing,
      count(job.id) filter (where job.name = ${deadLetters}) as dead
    from jobs.queue
    left join schedules on schedules.name = queue.name
    left join jobs.job on job.state < 'active'
      and (job.name = queue.name or (job.name = ${deadLetters} and job.source_name = queue.name))
    where queue.name <> ${deadLetters}
    group by queue.name, schedules.next_at order by queue.name`

/** Locked, so that two operators do one thing each. */
const lockDead = async (tx: Transaction, jobId: string): Promise<string | undefined> => {
  const [dead] = await tx<{ sourceName: string }[]>`
    select source_name from jobs.job where name = ${deadLetters} and id = ${jobId} for update`
  return dead?.sourceName
}

/** A dead job goes back to its queue as a new one, with all its tries before it. False when there is no such dead job. */
export const repeatJob = (sql: Sql, jobId: string): Promise<boolean> =>
  transaction(sql, async (tx) => {
    const queue = await lockDead(tx, jobId)
    if (!queue) return false
    await (await bossOf(tx)).redrive(deadLetters, { ids: [jobId], db: dbOf(tx) })
    wakeJob(tx, queue)
    return true
  })

/** Given up for good. False when there is no such dead job. */
export const dropJob = (sql: Sql, jobId: string): Promise<boolean> =>
  transaction(sql, async (tx) => {
    const queue = await lockDead(tx, jobId)
    if (!queue) return false
    await (await bossOf(tx)).deleteJob(deadLetters, jobId, { db: dbOf(tx) })
    return true
  })
