import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import { Problem, type RateLimit } from '@kontora/service'
import { addressLimit, coolDown, dayMs, reservePerDay } from '../budgets/budget.ts'
import type { Device } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { codeMs, flowsPerAddress } from './flow.ts'

/** Refused while the address cools down, unless the device has a code of its own left: then true. */
const admit = (
  asked: AskedFlow[],
  device: Device | undefined,
  time: Date,
  networks: RateLimit[],
): boolean => {
  const wait = coolDown(
    asked.map(({ begunAt }) => begunAt),
    time,
  )
  if (wait === 0) return false
  const spent = asked.filter((one) => one.byReserve && device?.hashes.includes(one.deviceHash ?? '')).length
  if (device && spent < reservePerDay) return true
  throw new Problem('too-many-requests', 'A code was asked for a moment ago', {
    retryAfterSeconds: wait,
    rateLimits: [addressLimit(wait), ...networks],
  })
}

/** Until it is found out anew: guesses that come before that are counted with those at the codes before. */
const ownerBefore = (asked: AskedFlow[]): string | null =>
  asked.findLast(({ userId }) => userId !== null)?.userId ?? null

type AskedFlow = {
  id: string
  userId: string | null
  number: number
  begunAt: Date
  expiresAt: Date
  askedAs: string | null
  deviceHash: string | null
  byReserve: boolean
  isForgiven: boolean
  state: string
  pepperId: string
  provesSessionId: string | null
}

/** What signed someone in costs nothing; of those only the last is read, for its number. */
const flowsOf = ({ sql }: Resources, addressHashes: string[]): Promise<AskedFlow[]> => sql<AskedFlow[]>`
  select id, user_id, coalesce(number, 0) as number, begun_at, expires_at, asked_as, device_hash, by_reserve, is_forgiven, state,
    pepper_id, proves_session_id
  from flows where address_hash in ${sql(addressHashes)}
    and (state <> 'used' or number = (select max(number) from flows where address_hash in ${sql(addressHashes)}))
  order by begun_at`

export type Wish = {
  row: Pick<AskedFlow, 'id' | 'pepperId' | 'provesSessionId'> & {
    secretHash: string
    addressHash: string
    locale: string
  }
  addressSealed: string
  /** The address and the key of the repeat as each accepted pepper hashes them, ours first. */
  addressHashes: string[]
  askedAs: string[]
  /** The device that may ask beside all others. */
  reserve: Device | undefined
}
type Begun = { flow: Pick<AskedFlow, 'id' | 'expiresAt' | 'pepperId'>; askedBefore: number }

/** While the pepper is replaced two instances write an address under two hashes, and a number is alone under each only. */
export const beginAlone = (resources: Resources, wish: Wish, networks: RateLimit[]): Promise<Begun> =>
  wish.addressHashes.length === 1
    ? beginFlow(resources, wish, networks)
    : transaction(resources.sql, async (tx) => {
        for (const hash of wish.addressHashes.toSorted())
          await tx`select pg_advisory_xact_lock(hashtextextended(${hash}, 1))`
        return beginFlow({ ...resources, sql: tx }, wish, networks)
      })

/** The next of its address by number, or another asker was the next and it is judged anew: parallel ones are not all the first. */
const beginFlow = async (resources: Resources, wish: Wish, networks: RateLimit[]): Promise<Begun> => {
  const { sql, now } = resources
  const { reserve, addressSealed, addressHashes, askedAs } = wish
  for (;;) {
    const time = now()
    const flows = await flowsOf(resources, addressHashes)
    // What a session asks for is its own: whoever holds one stops no sign-in by it.
    const asked = flows.filter(
      ({ state, begunAt, provesSessionId }) =>
        state !== 'used' &&
        begunAt.getTime() > time.getTime() - dayMs &&
        provesSessionId === wish.row.provesSessionId,
    )
    const known = asked.find((one) => askedAs.includes(one.askedAs ?? '') && one.expiresAt > time)
    if (known) return { flow: known, askedBefore: asked.indexOf(known) }
    // What an operator has forgiven costs nothing more, but lives on.
    const counted = asked.filter(({ isForgiven }) => !isForgiven)
    const byReserve = admit(counted, reserve, time, networks)
    // A fourth one is never sent; ending an older one instead would let a stranger burn the owner's code.
    const isSent = byReserve || asked.filter(({ expiresAt }) => expiresAt > time).length < flowsPerAddress
    const begun = { begunAt: time, expiresAt: new Date(time.getTime() + codeMs), askAt: time, tries: 0 }
    const sending = { state: 'resolving', addressSealed, keepsSilent: !isSent, userId: ownerBefore(asked) }
    const number = 1 + Math.max(0, ...flows.map((each) => each.number))
    const row = { ...wish.row, ...begun, ...sending, number, byReserve }
    const marks = { askedAs: askedAs[0] ?? null, deviceHash: reserve?.hash ?? null }
    const written = await sql`
      insert into flows ${sql({ ...row, ...marks })} on conflict (address_hash, number) do nothing returning id`
    if (written.length === 0) continue
    wakeJob(sql, 'resolve-flows')
    const { id, pepperId } = wish.row
    return { flow: { id, pepperId, expiresAt: begun.expiresAt }, askedBefore: counted.length }
  }
}
