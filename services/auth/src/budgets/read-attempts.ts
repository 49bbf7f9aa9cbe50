import type { Person } from '../addresses/find-person.ts'
import type { Resources } from '../resources.ts'
import { codesPerDay, coolDown, dayMs, guessesPerDay, reservePerDay } from './budget.ts'
import { type Account, accountsOf } from './guesses.ts'
import type { Rate, Rates } from './rate.ts'

/** What is spent of one budget. `held` is set aside for codes that are on their way; `nextAt`: when there is something again. */
export type Attempts = { budget: string; spent: number; held: number; most: number; nextAt: Date | null }

type Reading = Pick<Resources, 'sql' | 'now' | 'rates'>

/** Of a person, or of an address that is nobody's yet; what his known devices and his recovery codes have spent beside. */
export const readAttempts = async (reading: Reading, person: Person): Promise<Attempts[]> => [
  await codesOf(reading, person.addressHashes),
  ...(await guessesOf(reading, person)),
]

const codesOf = async ({ sql, now }: Reading, addressHashes: string[]): Promise<Attempts> => {
  const time = now()
  const asked = await sql<{ begunAt: Date }[]>`
    select begun_at from flows
    where address_hash in ${sql(addressHashes)} and begun_at > ${new Date(time.getTime() - dayMs)}
      and state <> 'used' and not is_forgiven and proves_session_id is null`
  const wait = coolDown(
    asked.map(({ begunAt }) => begunAt),
    time,
  )
  const nextAt = wait === 0 ? null : new Date(time.getTime() + wait * 1000)
  return { budget: 'codes', spent: asked.length, held: 0, most: codesPerDay, nextAt }
}

type Count = { account: string; spent: number; held: number; freeAt: Date | null }

const guessesOf = async ({ sql, now }: Reading, person: Person): Promise<Attempts[]> => {
  const time = now()
  const own = accountsOf(person)
  const recovery: Account = `recovery:${person.userId}`
  const named: Account[] = [...own, recovery]
  const counts = await sql<Count[]>`
    select account, count(*) filter (where held_until is null)::integer as spent,
      count(held_until)::integer as held,
      min(coalesce(held_until, guessed_at + interval '1 day')) as free_at
    from guess_slots
    where (account in ${sql(named)}
        or account like 'device:%' and split_part(account, ' ', 2) in ${sql(person.addressHashes)})
      and guessed_at > ${new Date(time.getTime() - dayMs)} and (held_until is null or held_until > ${time})
    group by account order by account desc`
  const isOwn = ({ account }: Count) => own.some((one) => one === account)
  const rows = counts
    .filter((count) => !isOwn(count))
    .map((count) =>
      count.account === recovery
        ? toldOf('recovery-guesses', count, guessesPerDay)
        : toldOf('device-guesses', count, reservePerDay),
    )
  const all = counts.filter(isOwn)
  const sum: Count = {
    account: '',
    spent: all.reduce((total, { spent }) => total + spent, 0),
    held: all.reduce((total, { held }) => total + held, 0),
    freeAt: all[0]?.freeAt ?? null,
  }
  return [toldOf('guesses', sum, guessesPerDay), ...rows]
}

const toldOf = (budget: string, { spent, held, freeAt }: Count, most: number): Attempts => ({
  ...{ budget, spent, held, most },
  nextAt: spent + held >= most ? freeAt : null,
})

/** Of a network, or of all together. */
export const readRates = async (reading: Reading, key: string): Promise<Attempts[]> => {
  const kinds: (keyof Rates)[] = ['codes', 'guesses']
  return Promise.all(
    kinds.map((kind) =>
      key === 'all'
        ? rateOf(reading, kind, key, reading.rates[kind].all)
        : rateOf(reading, `${kind}-network`, key, reading.rates[kind].network),
    ),
  )
}

const rateOf = async ({ sql, now }: Reading, name: string, key: string, rate: Rate): Promise<Attempts> => {
  const [row] = await sql<{ freeAt: Date }[]>`
    select free_at from rates where name = ${name} and key = ${key}`
  const eachMs = rate.windowMs / rate.limit
  const filledMs = Math.max(0, (row?.freeAt.getTime() ?? 0) - now().getTime())
  const waitMs = filledMs + eachMs - rate.windowMs
  const nextAt = waitMs > 0 ? new Date(now().getTime() + waitMs) : null
  return { budget: name, spent: Math.ceil(filledMs / eachMs), held: 0, most: rate.limit, nextAt }
}
