import { type Pool, ring } from '@kontora/postgres'
import type { Log } from '@kontora/service'
import type { EventType } from '../catalogue/event-type.ts'
import type { Kafka } from '../kafka.ts'
import { createNap } from '../nap.ts'
import { onWake } from '../wake.ts'
import { createDrain, type Drain } from './drain.ts'
import { forgetOld } from './forget-old.ts'
import { createHolding } from './holding.ts'
import type { Lease } from './lease.ts'
import { keyOf } from './places.ts'
import { createSender } from './sender.ts'
import { findUnsent } from './unsent.ts'

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
  /** A request that is not answered in this time is abandoned and sent again. */
  answerMs?: number
}

const forgetEveryMs = 60_000
const holdEveryMs = 500
const channel = 'relay'
/** With other relays of the service, what is committed here may be theirs to send, and the other way round. */
const sharedSweepMs = 100

/**
 * Carries the outbox to Kafka, the partitions side by side: woken by each commit in this process, and by a short sweep for
 * what another left. The leases are kept by a timer, however long a request takes.
 */
export const createRelay = (options: RelayOptions) => {
  const { service, holder, sql, now, newId, log, beat, beatMs = 1000, sweepMs = 500 } = options
  const drains = new Map<string, Drain>()
  const nap = createNap()
  let running = false
  let isLeaseLost = false
  let forgottenAt = 0

  const onFault = (error: unknown): void => log.warn('relay-failed', {}, error)
  const begin = (lease: Lease): void => {
    const beats = beat?.topic === lease.topic ? { type: beat, newId, everyMs: beatMs } : undefined
    const drain = createDrain(createSender(options, lease), { now, beats, onFault, onLost })
    drains.set(keyOf(lease), drain)
    if (running) drain.wake()
  }
  const end = async (lease: Lease): Promise<void> => {
    const drain = drains.get(keyOf(lease))
    drains.delete(keyOf(lease))
    await drain?.end()
  }
  const holding = createHolding({ service, holder, sql, now, begin, end, onFault })

  const hold = (): Promise<void> => {
    const soon = isLeaseLost
    isLeaseLost = false
    return holding.keep(soon)
  }
  /** Another has some of them: the next look finds out which are left. */
  const onLost = (): void => {
    isLeaseLost = true
  }

  const forget = async (): Promise<void> => {
    if (now().getTime() - forgottenAt < forgetEveryMs) return
    await forgetOld(sql, now())
    forgottenAt = now().getTime()
  }

  /** What is committed here may be another's to send: he is told. */
  const wake = (key: string): void => {
    const drain = drains.get(key)
    if (drain) drain.wake()
    else if (!holding.isAlone()) void ring(sql, channel, key)
  }

  /** One question for all that rest. */
  const findDue = async (): Promise<Drain[]> => {
    const idle = [...drains.values()].filter((drain) => drain.isIdle())
    const leases = idle.map(({ lease }) => lease)
    const unsent = new Set((leases.length > 0 ? await findUnsent(sql, leases) : []).map(keyOf))
    return idle.filter((drain) => unsent.has(keyOf(drain.lease)) || drain.isBeatDue())
  }

  const sweep = async (): Promise<void> => {
    const due = await findDue()
    for (const drain of due) drain.wake()
    if (due.length === 0) await forget()
  }

  const pauseMs = (): number =>
    Math.min(sweepMs, holding.isAlone() ? sweepMs : sharedSweepMs, beat ? beatMs / 2 : sweepMs)

  const sweepOn = async (): Promise<void> => {
    while (running) {
      await sweep().catch(onFault)
      if (running) await nap.sleep(pauseMs())
    }
  }

  let sweeping: Promise<void> = Promise.resolve()
  let timer: ReturnType<typeof setInterval> | undefined
  let unlisten = (): void => {}
  return {
    name: 'relay',
    start: () => {
      running = true
      holding.register()
      void hold().catch(onFault)
      timer = setInterval(() => void hold().catch(onFault), holdEveryMs)
      unlisten = onWake(sql, (place) => wake(keyOf(place)))
      // Behind a pooler nothing is heard, and the sweep finds it.
      sql.listen(channel, (key) => drains.get(key)?.wake()).catch(onFault)
      sweeping = sweepOn()
    },
    /** One request a partition at most, for a worker's `waitUntil` and for tests. True when more waits. */
    round: async (): Promise<boolean> => {
      await hold()
      const steps = await Promise.allSettled((await findDue()).map((drain) => drain.step()))
      const fault = steps.find((step) => step.status === 'rejected')
      if (fault) throw fault.reason
      const more = steps.some((step) => step.status === 'fulfilled' && step.value)
      if (!more) await forget()
      return more
    },
    stop: async () => {
      running = false
      clearInterval(timer)
      unlisten()
      nap.wake()
      await sweeping
      await holding.close().catch(() => {})
    },
  }
}
