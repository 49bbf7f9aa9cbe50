import type { SheetSeller } from './invoice-sheet.ts'
import { type Box, frame, grey, heightOf, left, type Page, right, rule, width, write } from './page.ts'

const pad = 4
const labels = 44
const numbers = 150
/** Where the names of the left half end. */
const split = right - labels - numbers
const names = split - left

const inner = (x: number, y: number, width: number): Box => ({
  x: x + pad,
  y: y + pad,
  width: width - 2 * pad,
})

/** The sample of a payment order that every «счёт на оплату» begins with: the payee's bank above, the payee below. */
export const drawBankBlock = (page: Page, seller: SheetSeller): void => {
  const { doc, y } = page
  const bankHeight = heightOf(doc, seller.bankName, names - 2 * pad) + 22
  const payeeHeight = heightOf(doc, seller.name, names - 2 * pad) + 22
  const rows = [y, y + Math.max(bankHeight, 36), 0, 0]
  rows[2] = (rows[1] ?? 0) + 18
  rows[3] = (rows[2] ?? 0) + Math.max(payeeHeight, 32)
  const [first = 0, second = 0, third = 0, end = 0] = rows

  frame(doc, { x: left, y: first, width }, end - first)
  rule(doc, [left, second], [right, second])
  rule(doc, [left, third], [split, third])
  rule(doc, [split, first + 18], [right, first + 18])
  rule(doc, [split, first], [split, end])
  rule(doc, [split + labels, first], [split + labels, end])
  rule(doc, [left + names / 2, second], [left + names / 2, third])

  write(doc, seller.bankName, inner(left, first, names))
  write(doc, 'Банк получателя', inner(left, second - 16, names), { size: 7.5, colour: grey })
  write(doc, `ИНН  ${seller.inn}`, inner(left, second, names / 2))
  write(doc, `КПП  ${seller.kpp ?? ''}`, inner(left + names / 2, second, names / 2))
  write(doc, seller.name, inner(left, third, names))
  write(doc, 'Получатель', inner(left, end - 16, names), { size: 7.5, colour: grey })
  const facts: [string, string, number][] = [
    ['БИК', seller.bik, first],
    ['Сч. №', seller.correspondentAccount, first + 18],
    ['Сч. №', seller.account, second],
  ]
  for (const [label, value, at] of facts) {
    write(doc, label, inner(split, at, labels))
    write(doc, value, inner(split + labels, at, numbers))
  }
  page.y = end + 16
}
