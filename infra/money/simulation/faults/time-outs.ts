import type { Fault } from './fault.ts'

const patienceMs = 30_000

export const timeOutBeforeActing: Fault = {
  perMille: 25,
  meet: async () => undefined,
  tookMs: patienceMs,
}

export const timeOutAfterActing: Fault = {
  perMille: 25,
  meet: async (act) => {
    await act()
    return undefined
  },
  tookMs: patienceMs,
}

export const resetAfterActing: Fault = {
  perMille: 15,
  meet: async (act) => {
    await act()
    return undefined
  },
}

/** What changes something is what a time-out is worst for. */
export const writeTimesOut: Fault = {
  ...timeOutAfterActing,
  perMille: 130,
  operations: /^(register|registerPreAuth|refund|decline|deposit|reverse)\.do$/,
}
