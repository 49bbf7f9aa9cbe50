import type { Bench } from '../../stack/bench/figure.ts'
import { benchHandled } from './handled.ts'
import { benchRelay } from './relay.ts'

/** Figure, or the figures that one measurement yields → how it is measured. */
export const eventFigures: Record<string, Bench> = { relay: benchRelay, handled: benchHandled }
