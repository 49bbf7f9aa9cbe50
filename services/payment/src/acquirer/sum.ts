import { Kopecks } from '@kontora/validation'
import * as v from 'valibot'

/** What a bank is told to move: whole kopecks, at least one. To the gateway 0 means "all", so no number goes there unproven. */
export const Sum = v.pipe(Kopecks, v.brand('Sum'))
export type Sum = v.InferOutput<typeof Sum>

/** Throws on what is no sum: that is a bug of ours, and nothing is sent. */
export const sumOf = (amountKopecks: number): Sum => v.parse(Sum, amountKopecks)
