import * as v from 'valibot'

/** Money is an integer number of kopecks, 1 to 2^53 − 1. */
export const Kopecks = v.pipe(v.number(), v.safeInteger(), v.minValue(1))

export const ZeroOrMoreKopecks = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** A ledger's line or a balance. */
export const SignedKopecks = v.pipe(v.number(), v.safeInteger())
