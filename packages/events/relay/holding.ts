import type { Pool } from '@kontora/postgres'
import { forgetRelay, livingRelays, registerRelay } from './known-relays.ts'
import { giveLeasesBack, type Lease, renewLeases, takeLeases } from './lease.ts'
import { keyOf, type Place, placesOf, shareOf } from './places.ts'

type Options = {
  service: string
  holder: string
  sql: Pool
  now: () => Date
  /** Begins, and ends, to send under a lease; ended, nothing of it is on its way any more. */
  begin: (lease: Lease) => void
  end: (lease: Lease) => Promise<void>
  onFault: (error: unknown) => void
}

const renewEveryMs = 10_000
/** So long at most a partition has no holder after one gave it back. */
const lookEveryMs = 1000

/** Which partitions this relay sends: its share among the relays that live, or whatever is free when it is not one of them. */
export const createHolding = ({ service, holder, sql, now, begin, end, onFault }: Options) => {
  const places = placesOf(service)
  const leases = new Map<string, Lease>()
  const endings = new Set<Promise<void>>()
  let keeping: Promise<void> = Promise.resolve()
  let registered = false
  let starting = true
  let renewedAt = 0
  let lookedAt = 0
  let others = 0

  /** What is on its way may take its time: no other lease waits for that. */
  const drop = (lease: Lease, then: () => Promise<void> = async () => {}): void => {
    leases.delete(keyOf(lease))
    const ending = end(lease)
      .then(then)
      .catch(onFault)
      .finally(() => endings.delete(ending))
    endings.add(ending)
  }
  const giveBack = (lease: Lease): void => drop(lease, () => giveLeasesBack(sql, [lease], now()))

  const renew = async (): Promise<void> => {
    const held = [...leases.values()]
    const time = now()
    const kept = new Set((await renewLeases(sql, held, time)).map(keyOf))
    for (const lease of held) if (!kept.has(keyOf(lease))) drop(lease)
    if (registered) await registerRelay(sql, holder, time)
    renewedAt = time.getTime()
  }

  const share = async (): Promise<Place[]> => {
    if (!registered) return places
    const relays = await livingRelays(sql, now())
    others = relays.filter((name) => name !== holder).length
    return shareOf(holder, relays, places)
  }

  /** At its start it takes up all that was held under its name, and gives back later what is not its share. */
  const balance = async (): Promise<void> => {
    const time = now()
    const own = new Set((await share()).map(keyOf))
    if (!starting) for (const [key, lease] of leases) if (!own.has(key)) giveBack(lease)
    const wanted = places.filter((place) => !leases.has(keyOf(place)) && (starting || own.has(keyOf(place))))
    for (const lease of await takeLeases(sql, wanted, { holder, starting }, time)) {
      leases.set(keyOf(lease), lease)
      begin(lease)
    }
    starting = false
    lookedAt = time.getTime()
  }

  const keepNow = async (soon: boolean): Promise<void> => {
    const time = now().getTime()
    if (soon || time - renewedAt >= renewEveryMs) await renew()
    const looks = registered || leases.size < places.length
    if (soon || (looks && time - lookedAt >= lookEveryMs)) await balance()
  }

  return {
    /** One after another. Asks only when it is time to; `soon`, when a lease was found to be another's, at once. */
    keep: (soon = false): Promise<void> => {
      const kept = keeping.catch(() => {}).then(() => keepNow(soon))
      keeping = kept
      return kept
    },
    register: (): void => {
      registered = true
    },
    isAlone: (): boolean => others === 0,
    close: async (): Promise<void> => {
      await keeping.catch(() => {})
      const held = [...leases.values()]
      for (const lease of held) drop(lease)
      await Promise.all(endings)
      await giveLeasesBack(sql, held, now())
      if (registered) await forgetRelay(sql, holder)
    },
  }
}
