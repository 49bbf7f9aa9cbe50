import type { Bank } from './bank.ts'
import { dueCallbacks } from './callbacks.ts'
import { type Delivery, deliverCallback } from './deliver-callback.ts'
import { settleDue } from './settle-due.ts'

export type Courier = {
  /** Something may be due: looks soon. */
  wake: () => void
  /** Settles what is due by now, and ends when each callback that was due has been tried. */
  tick: () => Promise<void>
  stop: () => void
}

/** Watches the clock for the bank. What is due stands in the store, so a new process goes on where the last one ended. */
export const runCourier = (bank: Bank, delivery: Omit<Delivery, 'stopped'>, byHand: boolean): Courier => {
  let stopped = false
  const onTheWay = new Map<number, Promise<void>>()
  const start = () => {
    if (stopped) return
    settleDue(bank)
    for (const callback of dueCallbacks(bank.store, bank.now())) {
      if (onTheWay.has(callback.seq)) continue
      const trip = deliverCallback(bank, { ...delivery, stopped: () => stopped }, callback)
      onTheWay.set(
        callback.seq,
        trip.finally(() => onTheWay.delete(callback.seq)),
      )
    }
  }
  const timer = byHand ? undefined : setInterval(start, 100)
  timer?.unref()
  return {
    wake: () => void (byHand || queueMicrotask(start)),
    tick: async () => {
      start()
      await Promise.all(onTheWay.values())
    },
    stop: () => {
      stopped = true
      clearInterval(timer)
    },
  }
}
