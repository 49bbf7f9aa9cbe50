import { Problem } from '@kontora/service'
import type { Resources } from '../resources.ts'
import type { Rate, Rates } from './rate.ts'

type Named = { name: string; key: string; rate: Rate }

/** Seconds until there is room again; 0 when this one had room. Atomic over instances, one row a key. */
const takeRate = async (
  { sql, now }: Pick<Resources, 'sql' | 'now'>,
  { name, key, rate }: Named,
): Promise<number> => {
  const time = now()
  const eachMs = rate.windowMs / rate.limit
  const first = new Date(time.getTime() + eachMs)
  const last = new Date(time.getTime() + rate.windowMs)
  const step = `${eachMs} milliseconds`
  const taken = await sql`
    insert into rates (name, key, free_at) values (${name}, ${key}, ${first})
    on conflict (name, key) do update set free_at = greatest(rates.free_at, ${time}) + ${step}::interval
    where greatest(rates.free_at, ${time}) + ${step}::interval <= ${last}
    returning name`
  if (taken.length > 0) return 0
  const [row] = await sql<{ freeAt: Date }[]>`
    select free_at from rates where name = ${name} and key = ${key}`
  const wait = (row?.freeAt.getTime() ?? time.getTime()) + eachMs - last.getTime()
  return Math.max(1, Math.ceil(wait / 1000))
}

/** What was right costs nothing. */
const giveBackRate = async ({ sql }: Pick<Resources, 'sql'>, { name, key, rate }: Named): Promise<void> => {
  const step = `${rate.windowMs / rate.limit} milliseconds`
  await sql`update rates set free_at = free_at - ${step}::interval where name = ${name} and key = ${key}`
}

type Own = Pick<Resources, 'sql' | 'now' | 'rates' | 'log'>

const namedOf = ({ rates }: Own, kind: keyof Rates, network: string | undefined): Named[] => [
  ...(network === undefined ? [] : [{ name: `${kind}-network`, key: network, rate: rates[kind].network }]),
  { name: kind, key: 'all', rate: rates[kind].all },
]

/** Refused when the network or all together have no room; what all have is told to the operators when it is spent. */
export const takeRates = async (own: Own, kind: keyof Rates, network: string | undefined): Promise<void> => {
  const taken: Named[] = []
  for (const named of namedOf(own, kind, network)) {
    const retryAfterSeconds = await takeRate(own, named)
    if (retryAfterSeconds === 0) {
      taken.push(named)
      continue
    }
    await Promise.all(taken.map((each) => giveBackRate(own, each)))
    if (named.key === 'all') own.log.error('rate-spent', { rate: named.name })
    throw new Problem('too-many-requests', 'Too much was tried', { retryAfterSeconds })
  }
}

export const giveBackRates = async (
  own: Own,
  kind: keyof Rates,
  network: string | undefined,
): Promise<void> => {
  for (const named of namedOf(own, kind, network)) await giveBackRate(own, named)
}
