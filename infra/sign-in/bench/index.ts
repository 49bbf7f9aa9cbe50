import type { Bench } from '../../stack/bench/figure.ts'
import { benchVerify } from './verify.ts'
import { benchVerifyRss } from './verify-rss.ts'

/** Figure → how it is measured. */
export const signInFigures: Record<string, Bench> = {
  verify: benchVerify,
  // Not before it is wanted: another's whole sign-in comes with it.
  'sign-in': async (say) => (await import('./sign-in.ts')).benchSignIn(say),
  'verify-rss': benchVerifyRss,
}
