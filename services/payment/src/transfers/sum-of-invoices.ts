import type { PayableInvoice } from './match.ts'

/** More invoices than this are only looked at as a whole: among so many some choice fits nearly any sum. */
const mostInvoices = 12
const mostChosen = 5

/**
 * Which of the invoices come to the sum, each paid whole: 2 to 5 of them, or all. `several` when more than one choice does,
 * undefined when none does.
 */
export const choiceFor = (
  invoices: readonly PayableInvoice[],
  amountKopecks: number,
): PayableInvoice[] | 'several' | undefined => {
  const choices: PayableInvoice[][] = []
  const total = invoices.reduce((sum, { leftKopecks }) => sum + leftKopecks, 0)
  const most = invoices.length <= mostInvoices ? mostChosen : 0
  const choose = (from: number, chosen: PayableInvoice[], leftKopecks: number): void => {
    if (leftKopecks === 0 && chosen.length > 0) choices.push(chosen)
    if (leftKopecks <= 0 || chosen.length >= most || choices.length > 1) return
    for (let i = from; i < invoices.length; i++) {
      const next = invoices[i]
      if (next) choose(i + 1, [...chosen, next], leftKopecks - next.leftKopecks)
    }
  }
  choose(0, [], amountKopecks)
  if (total === amountKopecks && invoices.length > most) choices.push([...invoices])
  return choices.length > 1 ? 'several' : choices[0]
}
