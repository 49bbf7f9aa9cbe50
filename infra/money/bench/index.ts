import type { Bench } from '../../stack/bench/figure.ts'

/** Figure → how it is measured. */
export const paymentFigures: Record<string, Bench> = {}
