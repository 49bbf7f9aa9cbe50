import type { VatShare } from './pdf/invoice-sheet.ts'

type Paid = {
  number: string
  /** `2026-11-23` */
  issuedOn: string
  amountKopecks: number
  leftKopecks: number
  vat: VatShare[]
}

/** Characters that a payment order's purpose holds (Положение Банка России 762-П, field 24). */
const mostCharacters = 210

/**
 * «Оплата по счету № 2026-000001 от 23.11.2026. В том числе НДС 22% 2200.00 руб.»: what a payer writes into his order, and
 * what we match a transfer by. The VAT is that of what is left to pay.
 */
export const paymentPurpose = ({ number, issuedOn, amountKopecks, leftKopecks, vat }: Paid): string => {
  const head = `Оплата по счету № ${number} от ${issuedOn.split('-').reverse().join('.')}. `
  const due = vat.map(({ percent, vatKopecks }) => ({
    percent,
    vatKopecks: shareOf(vatKopecks, leftKopecks, amountKopecks),
  }))
  const taxed = due.filter(({ percent }) => percent !== null)
  if (taxed.length === 0) return `${head}НДС не облагается`
  const each = taxed.map(({ percent, vatKopecks }) => `НДС ${percent}% ${decimal(vatKopecks)} руб.`)
  const whole = `${head}В том числе ${each.join(', ')}`
  const sum = taxed.reduce((total, { vatKopecks }) => total + vatKopecks, 0)
  return whole.length <= mostCharacters ? whole : `${head}В том числе НДС ${decimal(sum)} руб.`
}

/** Half up, as each VAT is rounded. */
const shareOf = (kopecks: number, part: number, whole: number): number => {
  const [k, p, w] = [BigInt(kopecks), BigInt(part), BigInt(whole)]
  return Number((2n * k * p + w) / (2n * w))
}

const decimal = (kopecks: number): string => {
  const digits = String(kopecks).padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}
