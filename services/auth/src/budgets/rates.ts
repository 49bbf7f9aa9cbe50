import type { Sql } from '@kontora/postgres'
import { Problem, type RateLimit } from '@kontora/service'
import type { Resources } from '../resources.ts'
import { secondsUntil } from './budget.ts'
import type { Rate, Rates } from './rate.ts'

export type NamedRate = { name: string; key: string; rate: Rate }

type Own = { sql: Sql } & Pick<Resources, 'now' | 'rates' | 'log'>

/** None where nobody can tell from where a call comes. */
export const networkRate = (
  { rates }: Pick<Own, 'rates'>,
  kind: keyof Rates,
  network: string | undefined,
): NamedRate[] =>
  network === undefined ? [] : [{ name: `${kind}-network`, key: network, rate: rates[kind].network }]

export const commonRate = ({ rates }: Pick<Own, 'rates'>, kind: keyof Rates): NamedRate[] => [
  { name: kind, key: 'all', rate: rates[kind].all },
]

const eachMs = ({ limit, windowMs }: Rate): number => windowMs / limit

/** One of each; always in the order that the caller gives, so that two at once never wait for each other. */
const costs = ({ sql, now }: Own, wanted: NamedRate[]) => {
  const rows = wanted.map(({ name, key, rate }) => [
    ...[name, key, `${eachMs(rate)} milliseconds`, `${rate.windowMs} milliseconds`],
  ])
  return sql`
    with cost (name, key, each, span) as (values ${sql(rows)})
    insert into rates (name, key, free_at)
    select name, key, ${now()}::timestamptz + each::interval from cost`
}

const limitOf = ({ key, rate }: NamedRate, left: number, resetSeconds: number): RateLimit => ({
  ...{ name: key === 'all' ? key : 'network', quota: rate.limit, windowSeconds: rate.windowMs / 1000 },
  ...{ left, resetSeconds },
})

/** Atomic over instances. Refused when one has no room; what its network has left is told to the caller, of what all have only that it is spent. */
export const takeRates = async (own: Own, wanted: NamedRate[]): Promise<RateLimit[]> => {
  if (wanted.length === 0) return []
  const time = own.now()
  const rows = await own.sql<{ name: string; freeAt: Date }[]>`
    ${costs(own, wanted)}
    on conflict (name, key) do update set free_at = greatest(rates.free_at, ${time}) + (excluded.free_at - ${time})
      where greatest(rates.free_at, ${time}) + (excluded.free_at - ${time}) - ${time}
        <= (select span::interval from cost where cost.name = rates.name and cost.key = rates.key)
    returning name, free_at`
  const taken = new Map(rows.map(({ name, freeAt }) => [name, freeAt]))
  const spent = wanted.find(({ name }) => !taken.has(name))
  if (spent) {
    const rest = wanted.filter(({ name }) => taken.has(name))
    await giveBackRates(own, rest)
    throw await refusalOf(own, spent)
  }
  return wanted.flatMap((each) => {
    const limit = limitAfter(each, taken.get(each.name) ?? time, time)
    if (limit.left === 0) tellSpent(own, each)
    return each.key === 'all' ? [] : [limit]
  })
}

const limitAfter = (named: NamedRate, freeAt: Date, now: Date): RateLimit => {
  const leftMs = now.getTime() + named.rate.windowMs - freeAt.getTime()
  return limitOf(named, Math.floor(leftMs / eachMs(named.rate)), secondsUntil(freeAt, now))
}

const refusalOf = async ({ sql, now }: Own, spent: NamedRate): Promise<Problem> => {
  const { name, key, rate } = spent
  const [row] = await sql<{ freeAt: Date }[]>`
    select free_at from rates where name = ${name} and key = ${key}`
  const time = now()
  const freeAt = (row?.freeAt.getTime() ?? time.getTime()) + eachMs(rate) - rate.windowMs
  const retryAfterSeconds = Math.max(1, secondsUntil(freeAt, time))
  const rateLimits = [limitOf(spent, 0, retryAfterSeconds)]
  return new Problem('too-many-requests', 'Too much was tried', { retryAfterSeconds, rateLimits })
}

/** At the last one, not at every refusal: a flood does not fill the log. */
const tellSpent = ({ log }: Own, { name, key }: NamedRate): void =>
  log[key === 'all' ? 'error' : 'warn']('rate-spent', { rate: name })

/** What was right costs nothing, nor what came to nothing. */
export const giveBackRates = async (own: Own, taken: NamedRate[]): Promise<void> => {
  if (taken.length === 0) return
  await own.sql`
    ${costs(own, taken)}
    on conflict (name, key) do update set free_at = rates.free_at - (excluded.free_at - ${own.now()}::timestamptz)`
}
