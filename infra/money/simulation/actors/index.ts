import type { Actor } from './actor.ts'
import { canceller } from './canceller.ts'
import { forger } from './forger.ts'
import { mood } from './mood.ts'
import { payer } from './payer.ts'
import { refunder } from './refunder.ts'
import { replayer } from './replayer.ts'
import { taker } from './taker.ts'

/** Everybody who acts in a history, by name: one more is one more line. */
export const actors: Record<string, Actor> = { payer, canceller, taker, refunder, forger, replayer, mood }
