import type { SheetSeller } from './invoice-sheet.ts'
import { grey, left, makeRoom, type Page, rule, width, write } from './page.ts'

/** 10 digits are a company's, 12 an entrepreneur's, who signs alone. */
const signersOf = ({ inn, director, accountant }: SheetSeller): [role: string, name: string | null][] =>
  inn.length === 12
    ? [['Индивидуальный предприниматель', director]]
    : [
        ['Руководитель', director],
        ['Бухгалтер', accountant],
      ]

const lineLength = 120
export const signaturesHeight = 42

export const drawSignatures = (page: Page, seller: SheetSeller): void => {
  const { doc } = page
  makeRoom(page, signaturesHeight)
  page.y += 16
  const signers = signersOf(seller)
  const share = width / signers.length
  signers.forEach(([role, name], i) => {
    const x = left + i * share
    const roleWidth = signers.length === 1 ? 160 : 68
    const end = x + roleWidth + lineLength
    write(doc, role, { x, y: page.y, width: roleWidth }, { bold: true })
    rule(doc, [x + roleWidth, page.y + 11], [end, page.y + 11])
    if (name)
      write(
        doc,
        name,
        { x: x + roleWidth, y: page.y + 13, width: lineLength },
        { size: 8, colour: grey, align: 'center' },
      )
  })
  page.y += 24
}
