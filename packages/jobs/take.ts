import { isConnectionLost, type Sql, type Transaction, transaction } from '@kontora/postgres'
import { type Chance, type Log, newTrace, parseTraceparent, reasonOf, withTrace } from '@kontora/service'
import type { PgBoss } from 'pg-boss'
import * as v from 'valibot'
import { bossOf, dbOf } from './boss.ts'
import type { Envelope, Queue } from './queue.ts'
import type { Schedule } from './schedule.ts'

/** What taking a job needs; its verb gets the same with `sql` replaced by the open transaction. */
export type TakingResources = { sql: Sql; log: Log } & Pick<Chance, 'random'>

/** What `withQueues` makes a job of. `take` answers how many it took; with `schedule` its queue gets jobs by itself. */
export type QueueJob<Resources> = {
  queue: Queue
  schedule?: Schedule
  take: (resources: Resources) => Promise<number>
}

type Fetched = { id: string; data: Envelope; retryCount: number; retryLimit: number }
type Run<Resources> = (resources: Resources, data: unknown) => Promise<unknown>

/** Side by side, in one process. Each holds a connection. */
const lanes = 3

/**
 * The verb of a queue. It runs in the transaction that takes its job and marks it as done: killed at any point, all of it or
 * nothing of it has been. So it calls nothing outside; what must reach a bank or 1С it leaves as a row for a sweep.
 */
export const take = <Resources extends object, Schema extends v.GenericSchema>(
  queue: Queue<Schema>,
  run: (resources: Resources, data: v.InferOutput<Schema>) => Promise<unknown>,
): QueueJob<Resources & TakingResources> => ({
  queue,
  take: (resources) =>
    takeSome(resources, queue, (within, data) =>
      run(within as unknown as Resources, v.parse(queue.schema, data)),
    ),
})

const takeSome = async <Resources extends TakingResources>(
  resources: Resources,
  queue: Queue,
  run: Run<Resources>,
): Promise<number> => {
  const first = await takeOne(resources, queue, run)
  // An empty queue costs one question.
  if (first === 0) return 0
  const others = Array.from({ length: lanes - 1 }, () => takeOne(resources, queue, run))
  return (await Promise.all(others)).reduce((sum, taken) => sum + taken, first)
}

const takeOne = async <Resources extends TakingResources>(
  resources: Resources,
  { name }: Queue,
  run: Run<Resources>,
): Promise<number> => {
  const boss = await bossOf(resources.sql)
  return transaction(resources.sql, async (tx) => {
    const [job] = await boss.fetch<Envelope>(name, { db: dbOf(tx), includeMetadata: true })
    if (!job) return 0
    const trace = parseTraceparent(job.data.traceparent) ?? newTrace(resources.random)
    await withTrace(trace, () => runOne(tx, boss, resources, name, job, run))
    return 1
  })
}

/** A verb that fails is undone to the savepoint before it, and the job is put off, or buried, in the same transaction. */
const runOne = async <Resources extends TakingResources>(
  tx: Transaction,
  boss: PgBoss,
  resources: Resources,
  name: string,
  job: Fetched,
  run: Run<Resources>,
): Promise<void> => {
  try {
    await transaction(tx, (inner) => run({ ...resources, sql: inner }, job.data.data))
  } catch (error) {
    if (isConnectionLost(error)) throw error
    const isLast = job.retryCount >= job.retryLimit
    resources.log[isLast ? 'error' : 'warn'](
      isLast ? 'job-dead' : 'job-failed',
      { job: name, jobId: job.id },
      error,
    )
    await boss.fail(name, job.id, { reason: reasonOf(error) }, { db: dbOf(tx) })
    return
  }
  await boss.complete(name, job.id, null, { db: dbOf(tx) })
}
