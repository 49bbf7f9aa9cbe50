import { leftKopecks } from '../invoice.ts'
import { amountInWords } from './amount-in-words.ts'
import { signaturesHeight } from './draw-signatures.ts'
import { type InvoiceSheet, isPayable, rouble } from './invoice-sheet.ts'
import { heightOf, left, makeRoom, type Page, right, rule, width, widthOf, write } from './page.ts'

const gap = 10
const step = 13.5

/** What it comes to, with VAT by rate, what is paid of it, and the sum in words. */
export const drawTotals = (page: Page, sheet: InvoiceSheet): void => {
  const rows = totals(sheet)
  const words = amountInWords(sheet.amountKopecks)
  const { doc } = page
  // Signatures do not stand alone on a page: codes take them along, and where there are none the totals do.
  const below = isPayable(sheet) ? 0 : signaturesHeight
  makeRoom(page, rows.length * step + 42 + heightOf(doc, words, width, { bold: true }) + below)
  const sums = Math.max(...rows.map(([, sum]) => widthOf(doc, sum, { bold: true }))) + 4
  for (const [label, sum, bold] of rows) {
    write(doc, sum, { x: right - sums, y: page.y, width: sums - 3.5 }, { bold, align: 'right' })
    write(doc, label, { x: left, y: page.y, width: width - sums - gap }, { bold, align: 'right' })
    page.y += step
  }
  page.y += 6
  const count = `Всего наименований ${sheet.lines.length}, на сумму ${rouble(sheet.amountKopecks)}\u00A0₽`
  write(doc, count, { x: left, y: page.y, width })
  page.y += step
  write(doc, words, { x: left, y: page.y, width }, { bold: true })
  page.y += heightOf(doc, words, width, { bold: true }) + 7
  rule(doc, [left, page.y], [right, page.y], 1.5)
  page.y += 15
}

/** Only what is to be paid is known to be within a number's reach. */
const sumOf = (kopecks: number[]): bigint => kopecks.reduce((sum, number) => sum + BigInt(number), 0n)

const totals = (sheet: InvoiceSheet): [label: string, sum: string, bold: boolean][] => {
  const { lines, vat, amountKopecks, paidKopecks } = sheet
  const discountKopecks = sumOf(lines.map((line) => line.discountKopecks))
  const taxed = vat.filter(({ percent }) => percent !== null)
  const discounts: [string, string, boolean][] = [
    ['Итого без скидки:', rouble(BigInt(amountKopecks) + discountKopecks), false],
    ['Скидка:', rouble(discountKopecks), false],
  ]
  const paid: [string, string, boolean][] = [
    ['Оплачено:', rouble(paidKopecks), false],
    ['Осталось оплатить:', rouble(leftKopecks(sheet)), true],
  ]
  return [
    ...(discountKopecks > 0 ? discounts : []),
    ['Итого:', rouble(amountKopecks), true],
    ...taxed.map(({ percent, vatKopecks }): [string, string, boolean] => [
      `В том числе НДС ${percent}\u00A0%:`,
      rouble(vatKopecks),
      false,
    ]),
    ...(taxed.length === 0 ? [['Без налога (НДС):', '–', false] as [string, string, boolean]] : []),
    ['Всего к оплате:', rouble(amountKopecks), true],
    ...(paidKopecks > 0 ? paid : []),
  ]
}
