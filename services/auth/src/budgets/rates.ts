import { Problem, type RateLimit } from '@kontora/service'
import type { Resources } from '../resources.ts'
import type { Settings } from '../settings.ts'
import { secondsUntil } from './budget.ts'

/** So many in a window, which fills again evenly (the generic cell rate algorithm). */
type Rate = { limit: number; windowMs: number }
type Named = { name: string; key: string; rate: Rate }

const hourMs = 60 * 60_000
const perHour = (limit: number): Rate => ({ limit, windowMs: hourMs })

/** Of each kind: what one network has, and what all have together. */
export type Rates = Record<'codes' | 'guesses', { network: Rate; all: Rate }>

type RateSettings = Pick<
  Settings,
  'CODES_PER_NETWORK_HOUR' | 'GUESSES_PER_NETWORK_HOUR' | 'CODES_PER_HOUR' | 'GUESSES_PER_HOUR'
>

export const ratesOf = (settings: RateSettings): Rates => ({
  codes: { network: perHour(settings.CODES_PER_NETWORK_HOUR), all: perHour(settings.CODES_PER_HOUR) },
  guesses: { network: perHour(settings.GUESSES_PER_NETWORK_HOUR), all: perHour(settings.GUESSES_PER_HOUR) },
})

type Taken = { isTaken: boolean; limit: RateLimit }

/** Atomic over instances, one row a key. */
const takeRate = async (
  { sql, now }: Pick<Resources, 'sql' | 'now'>,
  { name, key, rate }: Named,
): Promise<Taken> => {
  const time = now()
  const eachMs = rate.windowMs / rate.limit
  const first = new Date(time.getTime() + eachMs)
  const last = new Date(time.getTime() + rate.windowMs)
  const step = `${eachMs} milliseconds`
  const limitOf = (left: number, resetSeconds: number): RateLimit => ({
    ...{ name: key === 'all' ? key : 'network', quota: rate.limit, windowSeconds: rate.windowMs / 1000 },
    ...{ left, resetSeconds },
  })
  const [taken] = await sql<{ freeAt: Date }[]>`
    insert into rates (name, key, free_at) values (${name}, ${key}, ${first})
    on conflict (name, key) do update set free_at = greatest(rates.free_at, ${time}) + ${step}::interval
    where greatest(rates.free_at, ${time}) + ${step}::interval <= ${last}
    returning free_at`
  if (taken) {
    const left = Math.floor((last.getTime() - taken.freeAt.getTime()) / eachMs)
    return { isTaken: true, limit: limitOf(left, secondsUntil(taken.freeAt, time)) }
  }
  const [row] = await sql<{ freeAt: Date }[]>`
    select free_at from rates where name = ${name} and key = ${key}`
  const freeAt = (row?.freeAt.getTime() ?? time.getTime()) + eachMs - rate.windowMs
  return { isTaken: false, limit: limitOf(0, Math.max(1, secondsUntil(freeAt, time))) }
}

/** What was right costs nothing. */
const giveBackRate = async ({ sql }: Pick<Resources, 'sql'>, { name, key, rate }: Named): Promise<void> => {
  const step = `${rate.windowMs / rate.limit} milliseconds`
  await sql`update rates set free_at = free_at - ${step}::interval where name = ${name} and key = ${key}`
}

type Own = Pick<Resources, 'sql' | 'now' | 'rates' | 'log'>

/** None where nobody can tell from where a call comes. */
export const networkRate = ({ rates }: Own, kind: keyof Rates, network: string | undefined): Named[] =>
  network === undefined ? [] : [{ name: `${kind}-network`, key: network, rate: rates[kind].network }]

export const commonRate = ({ rates }: Own, kind: keyof Rates): Named[] => [
  { name: kind, key: 'all', rate: rates[kind].all },
]

/** Refused when one has no room. What its network has left is told to the caller; of what all have, only that it is spent. */
export const takeRates = async (own: Own, wanted: Named[]): Promise<RateLimit[]> => {
  const taken: Named[] = []
  const told: RateLimit[] = []
  for (const named of wanted) {
    const { isTaken, limit } = await takeRate(own, named)
    if (!isTaken) return refuseRate(own, limit, taken)
    if (limit.left === 0) tellSpent(own, named)
    taken.push(named)
    if (named.key !== 'all') told.push(limit)
  }
  return told
}

const refuseRate = async (own: Own, limit: RateLimit, taken: Named[]): Promise<never> => {
  await giveBackRates(own, taken)
  const retryAfterSeconds = limit.resetSeconds
  throw new Problem('too-many-requests', 'Too much was tried', { retryAfterSeconds, rateLimits: [limit] })
}

/** At the last one, not at every refusal: a flood does not fill the log. */
const tellSpent = ({ log }: Own, { name, key }: Named): void =>
  log[key === 'all' ? 'error' : 'warn']('rate-spent', { rate: name })

export const giveBackRates = async (own: Pick<Own, 'sql'>, taken: Named[]): Promise<void> => {
  for (const named of taken) await giveBackRate(own, named)
}
