import type { Pool } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import type { EventType } from '../catalogue/event-type.ts'
import type { Kafka } from '../kafka.ts'
import { createNap } from '../nap.ts'
import { partitions } from '../partition.ts'
import { onWake } from '../wake.ts'
import { forgetOld } from './forget-old.ts'
import { giveLeasesBack, type Lease, renewLeases, takeLeases } from './lease.ts'
import { sendOutbox } from './send-outbox.ts'

export type RelayOptions = {
  service: string
  /** `<service>-<slot>`: a restart takes its leases up again at once. */
  holder: string
  sql: Pool
  kafka: Kafka
  now: () => Date
  newId: () => string
  log: Log
  /** Written into every partition of the service's topic each `beatMs`, behind all that was committed before it. */
  beat?: EventType
  beatMs?: number
  sweepMs?: number
}

const renewEveryMs = 10_000
/** Of one that holds nothing, so that a stand-by does not lock the rows at each commit. */
const lookEveryMs = 1000
const forgetEveryMs = 60_000

/** Carries the outbox to Kafka: woken by each commit in this process, and by a short sweep for what another left. */
export const createRelay = (options: RelayOptions) => {
  const { service, holder, sql, now, newId, log, beat, beatMs = 1000, sweepMs = 500 } = options
  const places = [service, `${service}.dlq`].flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
  )
  const nap = createNap()
  let running = false
  let leases: Lease[] = []
  let starting = true
  let heldAt = 0
  let beatAt = 0
  let forgottenAt = 0

  const hold = async () => {
    const time = now().getTime()
    if (time - heldAt < (leases.length > 0 ? renewEveryMs : lookEveryMs)) return
    const kept = await renewLeases(sql, leases, holder, now())
    const missing = places.filter(
      (place) => !kept.some((lease) => lease.topic === place.topic && lease.partition === place.partition),
    )
    const taken = missing.length > 0 ? await takeLeases(sql, missing, { holder, starting }, now()) : []
    leases = [...kept, ...taken]
    starting = false
    heldAt = time
  }

  const round = async (): Promise<boolean> => {
    await hold()
    if (leases.length === 0) return false
    const due = beat && now().getTime() - beatAt >= beatMs ? { type: beat, newId } : undefined
    const sent = await sendOutbox(options, leases, due)
    if (sent.beat) beatAt = now().getTime()
    // Another has some of them: the next round finds out which are left.
    if (!sent.held) heldAt = 0
    if (!sent.more && now().getTime() - forgottenAt >= forgetEveryMs) {
      await forgetOld(sql, now())
      forgottenAt = now().getTime()
    }
    return sent.more
  }

  const loop = async () => {
    while (running) {
      const more = await round().catch((error: unknown) => {
        log.warn('relay-failed', {}, error)
        return false
      })
      if (running && !more) await nap.sleep(beat ? Math.min(sweepMs, beatMs / 2) : sweepMs)
    }
  }

  let done: Promise<void> = Promise.resolve()
  const unlisten = onWake(sql, nap.wake)
  return {
    name: 'relay',
    start: () => {
      running = true
      done = loop()
    },
    /** One round, for a worker's `waitUntil` and for tests. */
    round,
    stop: async () => {
      running = false
      unlisten()
      nap.wake()
      await done
      await giveLeasesBack(sql, leases, now()).catch(() => {})
    },
  }
}
