import type { Acquirer, AcquirerName, Acquirers } from './acquirer.ts'

/** A bank that an attempt of old went through and that is no longer set up is a fault of the settings, told as one. */
export const chooseAcquirers = (forNew: AcquirerName, known: Acquirer[]): Acquirers => ({
  forNew,
  of: (name) => {
    const acquirer = known.find((one) => one.name === name)
    if (!acquirer) throw new Error(`The acquirer ${name} is not set up, and attempts went through it`)
    return acquirer
  },
})
