import { type DeadJob, dropJob, listDeadJobs, listQueues, type QueueLine, repeatJob } from '@kontora/jobs'
import type { Sql } from '@kontora/postgres'
import { Problem, parseInput } from '@kontora/service'
import { Id } from '@kontora/validation'
import { type Command, withDatabase } from './cli.node.ts'

const queueLine = ({ name, waiting, failing, dead, nextAt }: QueueLine): string => {
  const next = nextAt ? `next ${nextAt.toISOString()}` : ''
  return [name.padEnd(24), `${waiting} waiting`, `${failing} failing`, `${dead} dead`, next]
    .join('  ')
    .trimEnd()
}

const deadLine = ({ jobId, queue, tries, reason, deadAt }: DeadJob): string =>
  [jobId, queue, `${tries} tries`, reason, `dead since ${deadAt.toISOString()}`].join('  ')

const onOne =
  (act: (sql: Sql, jobId: string) => Promise<boolean>, done: string) => (text: string | undefined) => {
    const jobId = parseInput(Id, text, 'jobId')
    return withDatabase(async (sql) => {
      if (!(await act(sql, jobId))) throw new Problem('not-found', 'No such dead job')
      return `${jobId} ${done}`
    })
  }

/** What an operator does with queued work: alike in every service that has some. */
export const jobCommands: Record<string, Command> = {
  jobs: {
    about: 'each queue: what waits, fails and is dead, and when its schedule comes next',
    run: () =>
      withDatabase(async (sql) => (await listQueues(sql)).map(queueLine).join('\n') || 'there are no queues'),
  },
  'jobs dead': {
    about: 'jobs that failed for the last time and wait for an operator',
    run: () =>
      withDatabase(async (sql) => (await listDeadJobs(sql)).map(deadLine).join('\n') || 'no job is dead'),
  },
  'jobs repeat': {
    about: 'puts a dead job back into its queue',
    takes: '<jobId>',
    run: onOne(repeatJob, 'is queued again'),
  },
  'jobs drop': {
    about: 'gives a dead job up for good',
    takes: '<jobId>',
    run: onOne(dropJob, 'is dropped'),
  },
}
