import type { Bench } from '../../stack/bench/figure.ts'
import { benchVerify } from './verify.ts'
import { benchVerifyRss } from './verify-rss.ts'

/** Figure → how it is measured. */
export const signInFigures: Record<string, Bench> = {
  verify: benchVerify,
  'verify-rss': benchVerifyRss,
}
