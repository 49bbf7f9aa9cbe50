import type { DegradedCheck } from '@kontora/service'
import type { Resources } from '../resources.ts'
import { guessesPerDay } from './budget.ts'

const hourMs = 60 * 60_000
/** As many accounts without a guess left within an hour are no longer people who mistype. */
const alarmingAccounts = 10

type Own = Pick<Resources, 'sql' | 'now' | 'rates'>

const exhaustedAccounts = async ({ sql, now }: Own): Promise<number> => {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from (
      select account from guess_slots where guessed_at > ${new Date(now().getTime() - hourMs)} and held_until is null
      group by account having count(*) >= ${guessesPerDay}
    ) exhausted`
  return row?.count ?? 0
}

/** Of what all have together nothing is left for the next. */
const isSpent = async ({ sql, now, rates }: Own, kind: keyof Own['rates']): Promise<boolean> => {
  const { limit, windowMs } = rates[kind].all
  const full = new Date(now().getTime() + windowMs - windowMs / limit)
  const rows = await sql`select name from rates where name = ${kind} and key = 'all' and free_at > ${full}`
  return rows.length > 0
}

/** Somebody guesses at many accounts, or as much that everybody waits: `degraded` until it is over. */
export const guessCheck = (own: Own): DegradedCheck => ({
  name: 'guesses',
  isWell: async () =>
    (await exhaustedAccounts(own)) < alarmingAccounts &&
    !(await isSpent(own, 'guesses')) &&
    !(await isSpent(own, 'codes')),
})
