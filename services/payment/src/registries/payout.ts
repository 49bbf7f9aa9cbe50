export type PayoutLine = { id: string; amountKopecks: number; bookedOn: string; purpose: string }

const dayMs = 86_400_000
/** A payout may come some days late, over a holiday. */
const mostDaysLate = 12
const mostDaysEarly = 1

const isNear = (paidOn: string, bookedOn: string): boolean => {
  const days = (Date.parse(bookedOn) - Date.parse(paidOn)) / dayMs
  return days >= -mostDaysEarly && days <= mostDaysLate
}

const numbersIn = (purpose: string): string[] => purpose.match(/[\p{L}\d-]+/gu) ?? []

/** Whether the bank names this payout in its purpose. */
export const namesPayout = (number: string, { purpose }: Pick<PayoutLine, 'purpose'>): boolean =>
  numbersIn(purpose).includes(number)

/**
 * The line by which a payout came: of its sum, and naming its number; where no line does, the only one of its sum in its
 * days that names no registry at all. Any other sum is a difference, never a match.
 */
export const payoutOf = (
  { number, paidOn, netKopecks }: { number: string; paidOn: string; netKopecks: number },
  lines: readonly PayoutLine[],
): PayoutLine | undefined => {
  const fitting = lines.filter(
    ({ amountKopecks, bookedOn }) => amountKopecks === netKopecks && isNear(paidOn, bookedOn),
  )
  const named = fitting.filter((line) => namesPayout(number, line))
  if (named.length > 0) return named[0]
  const unnamed = fitting.filter(({ purpose }) => !/реестр\D{0,4}[\p{L}\d-]*\d/iu.test(purpose))
  return unnamed.length === 1 ? unnamed[0] : undefined
}
