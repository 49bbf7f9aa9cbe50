import { queue, type TakingResources, take, withQueues } from '@kontora/jobs'
import { connect, type Sql } from '@kontora/postgres'
import { createLog, realChance } from '@kontora/service'
import * as v from 'valibot'

/** `allowed`: how many may have been queued by now, so that the queue is at work to the end of a run. */
export const countingTables = `
  create table pace (allowed integer not null);
  insert into pace values (0);
  create table queued (number integer generated always as identity primary key);
  create table effects (position bigint generated always as identity, number integer not null)`

export const counted = queue('count', v.object({ number: v.number() }), { retry: { times: 20 } })

type Counting = { sql: Sql; random: (length: number) => Uint8Array }

/** One time in fifty it fails when its effect is there already. */
export const countingJobs = withQueues<TakingResources & Counting & { now: () => Date }>([
  take<Counting, typeof counted.schema>(counted, async ({ sql, random }, { number }) => {
    await sql`insert into effects (number) values (${number})`
    if ((random(1)[0] ?? 0) < 5) throw new Error('by chance')
  }),
])

/** What a process of the counting service opens. */
export const openCounting = (name: string) => {
  const chance = realChance()
  return {
    ...chance,
    sql: connect(process.env.DATABASE_URL ?? '', { name }),
    log: createLog(name, chance.now),
  }
}
