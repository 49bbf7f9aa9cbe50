import type { Lease } from './lease.ts'
import type { Beat } from './message.ts'
import type { Sender } from './sender.ts'

type Options = {
  now: () => Date
  beats: (Beat & { everyMs: number }) | undefined
  /** A request failed: what it held is sent again at the next wake. */
  onFault: (error: unknown) => void
  onLost: () => void
}

export type Drain = {
  lease: Lease
  /** One request at most; true when more waits behind it. */
  step: () => Promise<boolean>
  wake: () => void
  isIdle: () => boolean
  isBeatDue: () => boolean
  /** Resolves when nothing is on its way any more. */
  end: () => Promise<void>
}

/** Woken, it sends until the partition is empty; a wake that comes meanwhile is one more look. */
export const createDrain = (sender: Sender, { now, beats, onFault, onLost }: Options): Drain => {
  let working: Promise<void> | undefined
  let again = false
  let ended = false
  let beatAt = 0

  /** By the clock: those of all partitions come together, and a consumer has one batch of them instead of many. */
  const isBeatDue = (): boolean =>
    beats !== undefined && Math.floor(now().getTime() / beats.everyMs) !== Math.floor(beatAt / beats.everyMs)

  const step = async (): Promise<boolean> => {
    if (ended) return false
    const { state, beat } = await sender.step(isBeatDue() ? beats : undefined)
    if (beat) beatAt = now().getTime()
    if (state !== 'lost') return state === 'more'
    ended = true
    onLost()
    return false
  }
  const work = async (): Promise<void> => {
    do {
      again = false
      while (await step());
    } while (again && !ended)
  }

  return {
    lease: sender.lease,
    step,
    isBeatDue,
    isIdle: () => working === undefined,
    wake: () => {
      again = true
      if (ended || working) return
      working = work()
        .catch(onFault)
        .finally(() => {
          working = undefined
        })
    },
    end: async () => {
      ended = true
      await working
    },
  }
}
