import type { Bench } from '../../stack/bench/figure.ts'
import { benchSignIn } from './sign-in.ts'
import { benchVerify } from './verify.ts'

/** Figure → how it is measured. */
export const signInFigures: Record<string, Bench> = {
  verify: benchVerify,
  'sign-in': benchSignIn,
}
