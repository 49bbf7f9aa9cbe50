import { callMistakes } from './calls.ts'
import type { Mistake } from './mistake.ts'
import { moneyMistakes } from './money.ts'
import { trustMistakes } from './trust.ts'

/** All of section 7 of the reference, by its rows. */
export const mistakes: Mistake[] = [...callMistakes, ...moneyMistakes, ...trustMistakes].sort(
  (left, right) => left.row - right.row,
)
