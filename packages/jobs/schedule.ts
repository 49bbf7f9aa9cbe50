import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import type { Chance } from '@kontora/service'
import * as v from 'valibot'
import { enqueue, type Queue, queue } from './queue.ts'
import { type QueueJob, type TakingResources, take } from './take.ts'

/** The moment that a scheduled job is of, which is not the moment at which it runs. */
export const Moment = v.object({ at: v.pipe(v.string(), v.isoTimestamp()) })

/** `latest`: after an outage one job, of the last moment that passed. `each`: one for every moment. */
export type Missed = 'latest' | 'each'

export type Schedule = { queue: Queue; cron: string; missed: Missed }

const timeZone = 'Europe/Moscow'

/**
 * A verb at the moments of a cron expression (five fields, Moscow time), once over all replicas. It is a job like any queued
 * one: with retries, dead letters, and in the transaction that marks it as done.
 */
export const scheduled = <Resources extends object>(
  name: string,
  cron: string,
  run: (resources: Resources, moment: { at: Date }) => Promise<unknown>,
  { missed = 'latest' }: { missed?: Missed } = {},
): QueueJob<Resources & TakingResources> => {
  const own = queue(name, Moment)
  return {
    ...take<Resources, typeof Moment>(own, (resources, { at }) => run(resources, { at: new Date(at) })),
    schedule: { queue: own, cron, missed },
  }
}

type Row = { name: string; nextAt: Date }
type Due = { sql: Sql } & Pick<Chance, 'now'>

const parse = async (cron: string, currentDate: Date) => {
  const { CronExpressionParser } = await import('cron-parser')
  return CronExpressionParser.parse(cron, { tz: timeZone, currentDate })
}

/** Strictly after `time`. */
export const nextMoment = async (cron: string, time: Date): Promise<Date> =>
  (await parse(cron, time)).next().toDate()

/** At `time` or before. */
const lastMoment = async (cron: string, time: Date): Promise<Date> =>
  (await parse(cron, new Date(time.getTime() + 1))).prev().toDate()

/** A new schedule, or one whose expression has changed, begins with its next moment from now on. */
export const rememberSchedules = async ({ sql, now }: Due, schedules: Schedule[]): Promise<void> => {
  for (const { queue, cron } of schedules) {
    const row = { name: queue.name, cron, nextAt: await nextMoment(cron, now()) }
    await sql`
      insert into schedules ${sql(row)}
      on conflict (name) do update set cron = excluded.cron, next_at = excluded.next_at
      where schedules.cron <> excluded.cron`
  }
}

const queueMoment = async (
  tx: Transaction,
  { queue, cron, missed }: Schedule,
  { name, nextAt }: Row,
  now: Date,
) => {
  const at = missed === 'each' ? nextAt : await lastMoment(cron, now)
  await enqueue(tx, queue, { at: at.toISOString() })
  await tx`update schedules set next_at = ${await nextMoment(cron, at)} where name = ${name}`
}

/** Queues what has come due and moves its row on, in one transaction. Answers how many jobs that were. */
export const queueDueMoments = ({ sql, now }: Due, schedules: Schedule[]): Promise<number> =>
  transaction(sql, async (tx) => {
    const time = now()
    const names = schedules.map(({ queue }) => queue.name)
    const due = await tx<Row[]>`
      select name, next_at from schedules where next_at <= ${time} and name in ${tx(names)}
      order by name for update skip locked`
    for (const row of due) {
      const schedule = schedules.find(({ queue }) => queue.name === row.name)
      if (schedule) await queueMoment(tx, schedule, row, time)
    }
    return due.length
  })
