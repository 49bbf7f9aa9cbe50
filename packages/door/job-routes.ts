import { type AccessResources, may } from '@kontora/access'
import { dropJob, listDeadJobs, listQueues, repeatJob } from '@kontora/jobs'
import { type BaseResources, describe, idempotent, Problem, validate } from '@kontora/service'
import { Id } from '@kontora/validation'
import { Hono } from 'hono'
import * as v from 'valibot'

type Resources = BaseResources & AccessResources

const QueueState = v.object({
  name: v.string(),
  waiting: v.number(),
  failing: v.number(),
  dead: v.number(),
  nextAt: v.nullable(v.string()),
})

/** What the job holds stays in the database. */
const Dead = v.object({
  jobId: Id,
  queue: v.string(),
  tries: v.number(),
  reason: v.string(),
  queuedAt: v.string(),
  deadAt: v.string(),
})

const Done = v.object({ jobId: Id })

const orNotFound = (done: boolean, jobId: string): { jobId: string } => {
  if (!done) throw new Problem('not-found', 'No such dead job')
  return { jobId }
}

/** Queued work as operators see it, under `/v1/jobs` of a service that has some. */
export const jobRoutes = () =>
  new Hono<{ Bindings: Resources }>()
    .get(
      '/',
      describe('Each queue: what waits, fails and is dead', {
        200: v.object({ items: v.array(QueueState) }),
      }),
      may('job:read'),
      async (c) => {
        const queues = await listQueues(c.env.sql)
        return c.json({ items: queues.map((one) => ({ ...one, nextAt: one.nextAt?.toISOString() ?? null })) })
      },
    )
    .get(
      '/dead',
      describe('The oldest 200 jobs that wait for an operator', { 200: v.object({ items: v.array(Dead) }) }),
      may('job:read'),
      async (c) => {
        const dead = await listDeadJobs(c.env.sql)
        const times = (one: (typeof dead)[number]) => ({
          queuedAt: one.queuedAt.toISOString(),
          deadAt: one.deadAt.toISOString(),
        })
        return c.json({ items: dead.map((one) => ({ ...one, ...times(one) })) })
      },
    )
    .post(
      '/dead/:id/repeat',
      describe('Put a dead job back into its queue', { 202: Done }, ['not-found']),
      may('job:repeat'),
      idempotent(),
      validate('param', v.strictObject({ id: Id })),
      async (c) => {
        const { id } = c.req.valid('param')
        return c.json(orNotFound(await repeatJob(c.env.sql, id), id), 202)
      },
    )
    .post(
      '/dead/:id/drop',
      describe('Give a dead job up for good', { 200: Done }, ['not-found']),
      may('job:drop'),
      idempotent(),
      validate('param', v.strictObject({ id: Id })),
      async (c) => {
        const { id } = c.req.valid('param')
        return c.json(orNotFound(await dropJob(c.env.sql, id), id))
      },
    )
