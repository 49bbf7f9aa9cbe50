import type { Document } from './document.ts'
import { grouped, rouble, type SheetLine } from './invoice-sheet.ts'
import {
  heightOf,
  left,
  makeRoom,
  type Page,
  right,
  rule,
  type Style,
  width,
  widthOf,
  write,
} from './page.ts'

type Column = {
  head: string
  align: 'left' | 'center' | 'right'
  least: number
  text: (line: SheetLine, position: number) => string
}
type Placed = Column & { x: number; width: number }

const pad = 3.5
const shade = '#eef0f2'

const title: Column = {
  head: 'Товары (работы, услуги)',
  align: 'left',
  least: 0,
  text: (line) => line.title,
}

const columnsOf = (lines: SheetLine[]): Column[] => [
  { head: '№', align: 'center', least: 22, text: (_, position) => String(position + 1) },
  title,
  { head: 'Кол-во', align: 'right', least: 40, text: ({ quantity }) => grouped(quantity) },
  { head: 'Цена, ₽', align: 'right', least: 56, text: ({ priceKopecks }) => rouble(priceKopecks) },
  ...(lines.some(({ discountKopecks }) => discountKopecks > 0) ? [discount] : []),
  { head: 'НДС', align: 'center', least: 42, text: ({ vatPercent }) => vatWord(vatPercent) },
  { head: 'Сумма, ₽', align: 'right', least: 62, text: ({ amountKopecks }) => rouble(amountKopecks) },
]

const discount: Column = {
  head: 'Скидка, ₽',
  align: 'right',
  least: 50,
  text: ({ discountKopecks }) => (discountKopecks > 0 ? rouble(discountKopecks) : '–'),
}

const vatWord = (percent: number | null): string => (percent === null ? 'Без НДС' : `${percent}\u00A0%`)

/** The table of goods, its head again on every page; a row never parts. */
export const drawLines = (page: Page, lines: SheetLine[]): void => {
  const columns = place(page.doc, columnsOf(lines), lines)
  const head = columns.map(({ head }) => head)
  const headStyle: Style = { bold: true, size: 8.5 }
  // A head alone at the foot of a page says nothing.
  const first = lines[0] ? rowHeight(page.doc, columns, textsOf(columns, lines[0], 0)) : 0
  makeRoom(page, rowHeight(page.doc, columns, head, headStyle) + first)
  drawRow(page, columns, head, headStyle)
  lines.forEach((line, position) => {
    const texts = textsOf(columns, line, position)
    if (makeRoom(page, rowHeight(page.doc, columns, texts))) drawRow(page, columns, head, headStyle)
    drawRow(page, columns, texts)
  })
  page.y += 8
}

const textsOf = (columns: Column[], line: SheetLine, position: number): string[] =>
  columns.map(({ text }) => text(line, position))

/** Each column as wide as its widest number; what is left is the title's. */
const place = (doc: Document, columns: Column[], lines: SheetLine[]): Placed[] => {
  const widths = columns.map(({ least, head, text }) =>
    Math.max(
      least,
      widthOf(doc, head, { bold: true, size: 8.5 }) + 2 * pad + 1,
      ...lines.map((line, position) => widthOf(doc, text(line, position)) + 2 * pad + 1),
    ),
  )
  const numbers = columns.reduce((sum, column, i) => sum + (column === title ? 0 : (widths[i] ?? 0)), 0)
  let x = left
  return columns.map((column, i) => {
    const placed = { ...column, x, width: column === title ? width - numbers : (widths[i] ?? 0) }
    x += placed.width
    return placed
  })
}

const rowHeight = (doc: Document, columns: Placed[], texts: string[], style: Style = {}): number =>
  Math.max(...columns.map(({ width }, i) => heightOf(doc, texts[i] ?? '', width - 2 * pad, style))) + 2 * pad

const drawRow = (page: Page, columns: Placed[], texts: string[], style: Style = {}): void => {
  const { doc, y } = page
  const height = rowHeight(doc, columns, texts, style)
  const isHead = style.bold === true
  if (isHead) doc.fillColor(shade).rect(left, y, width, height).fill()
  columns.forEach(({ x, width, align }, i) => {
    const box = { x: x + pad, y: y + pad, width: width - 2 * pad }
    write(doc, texts[i] ?? '', box, { ...style, align: isHead ? 'center' : align })
    rule(doc, [x, y], [x, y + height])
  })
  rule(doc, [right, y], [right, y + height])
  rule(doc, [left, y], [right, y])
  rule(doc, [left, y + height], [right, y + height])
  page.y += height
}
