import type { Sql } from '@kontora/postgres'
import { Problem, type RateLimit } from '@kontora/service'
import type { Resources } from '../resources.ts'
import type { Settings } from '../settings.ts'
import { secondsUntil } from './budget.ts'

/** Of each kind, an hour, which fills again evenly (the generic cell rate algorithm): what one network has, and what all have together. */
export type Rates = Record<'codes' | 'guesses', { network: number; all: number }>
type Named = { name: string; key: string; limit: number }

export const hourMs = 60 * 60_000

type RateSettings = Pick<
  Settings,
  'CODES_PER_NETWORK_HOUR' | 'GUESSES_PER_NETWORK_HOUR' | 'CODES_PER_HOUR' | 'GUESSES_PER_HOUR'
>

export const ratesOf = (settings: RateSettings): Rates => ({
  codes: { network: settings.CODES_PER_NETWORK_HOUR, all: settings.CODES_PER_HOUR },
  guesses: { network: settings.GUESSES_PER_NETWORK_HOUR, all: settings.GUESSES_PER_HOUR },
})

type Own = { sql: Sql } & Pick<Resources, 'now' | 'rates' | 'log'>

const namedOf = ({ rates }: Own, kind: keyof Rates, network: string | undefined): Named[] => [
  ...(network === undefined ? [] : [{ name: `${kind}-network`, key: network, limit: rates[kind].network }]),
  { name: kind, key: 'all', limit: rates[kind].all },
]

/** Rows of what one costs of each; the network's always before that of all, so that two at once never wait for each other. */
const costs = ({ sql, now }: Own, named: Named[]) => {
  const rows = named.map(({ name, key, limit }) => [name, key, `${eachMs(limit)} milliseconds`])
  return sql`
    insert into rates (name, key, free_at)
    select name, key, ${now()}::timestamptz + each::interval from (values ${sql(rows)}) cost (name, key, each)`
}

const limitOf = ({ key, limit }: Named, left: number, resetSeconds: number): RateLimit => ({
  ...{ name: key === 'all' ? key : 'network', quota: limit, windowSeconds: hourMs / 1000 },
  ...{ left, resetSeconds },
})

const eachMs = (limit: number): number => hourMs / limit

/** Refused when the network or all together have no room. What the network has left is told to it, what all have to nobody. */
export const takeRates = async (
  own: Own,
  kind: keyof Rates,
  network: string | undefined,
): Promise<RateLimit[]> => {
  const named = namedOf(own, kind, network)
  const time = own.now()
  const last = new Date(time.getTime() + hourMs)
  const rows = await own.sql<{ name: string; freeAt: Date }[]>`
    ${costs(own, named)}
    on conflict (name, key) do update set free_at = greatest(rates.free_at, ${time}) + (excluded.free_at - ${time})
      where greatest(rates.free_at, ${time}) + (excluded.free_at - ${time}) <= ${last}
    returning name, free_at`
  const taken = new Map(rows.map(({ name, freeAt }) => [name, freeAt]))
  const spent = named.find(({ name }) => !taken.has(name))
  if (spent)
    return refuseRate(
      own,
      spent,
      named.filter(({ name }) => taken.has(name)),
    )
  return named.flatMap((each) => {
    const freeAt = taken.get(each.name) ?? time
    const limit = limitOf(
      each,
      Math.floor((last.getTime() - freeAt.getTime()) / eachMs(each.limit)),
      secondsUntil(freeAt, time),
    )
    if (limit.left === 0) tellSpent(own, each)
    return each.key === 'all' ? [] : [limit]
  })
}

const refuseRate = async (own: Own, spent: Named, taken: Named[]): Promise<never> => {
  if (taken.length > 0) await giveBackOf(own, taken)
  const { name, key, limit } = spent
  const [row] = await own.sql<{ freeAt: Date }[]>`
    select free_at from rates where name = ${name} and key = ${key}`
  const time = own.now()
  const freeAt = (row?.freeAt.getTime() ?? time.getTime()) + eachMs(limit) - hourMs
  const retryAfterSeconds = Math.max(1, secondsUntil(freeAt, time))
  const rateLimits = [limitOf(spent, 0, retryAfterSeconds)]
  throw new Problem('too-many-requests', 'Too much was tried', { retryAfterSeconds, rateLimits })
}

/** At the last one, not at every refusal: a flood does not fill the log. */
const tellSpent = ({ log }: Own, { name, key }: Named): void =>
  log[key === 'all' ? 'error' : 'warn']('rate-spent', { rate: name })

const giveBackOf = async (own: Own, named: Named[]): Promise<void> => {
  await own.sql`
    ${costs(own, named)}
    on conflict (name, key) do update set free_at = rates.free_at - (excluded.free_at - ${own.now()}::timestamptz)`
}

/** What was right costs nothing. */
export const giveBackRates = (own: Own, kind: keyof Rates, network: string | undefined): Promise<void> =>
  giveBackOf(own, namedOf(own, kind, network))
