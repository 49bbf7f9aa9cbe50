import {
  createJobs,
  enqueue,
  listQueues,
  queue,
  scheduled,
  type TakingResources,
  take,
  withQueues,
} from '@kontora/jobs'
import { connect, transaction } from '@kontora/postgres'
import { type Chance, createLog, realChance } from '@kontora/service'
import * as v from 'valibot'

// A process with queued work and nothing else, to see pg-boss at work in each runtime.

const note = queue('note', v.object({ text: v.string() }))
type Resources = Pick<TakingResources, 'sql'>

export const queues = withQueues<TakingResources & Pick<Chance, 'now'>>([
  take(note, ({ sql }: Resources, { text }) => sql`insert into notes (text) values (${text})`),
  scheduled('daily', '* * * * *', ({ sql }: Resources) => sql`insert into notes (text) values ('daily')`),
])

/** Queues one job, and does all that is due: with the schedule's moment, where its time has come. */
export const turn = async (url: string) => {
  const sql = connect(url, { max: 5 })
  const chance = realChance()
  const jobs = createJobs({ ...chance, sql, log: createLog('queue-door', chance.now) }, queues)
  try {
    await transaction(sql, (tx) => enqueue(tx, note, { text: 'by its own commit' }))
    await jobs.runAll()
    await jobs.stop()
    return { queues: await listQueues(sql) }
  } finally {
    await sql.end()
  }
}
