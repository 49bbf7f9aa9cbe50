import { leftKopecks } from '../invoice.ts'
import {
  type InvoiceSheet,
  isPayable,
  longDay,
  type SheetPayer,
  type SheetSeller,
  titleOf,
} from './invoice-sheet.ts'
import {
  frame,
  grey,
  heightOf,
  left,
  type Page,
  right,
  rule,
  type Style,
  width,
  widthOf,
  write,
} from './page.ts'

const marks: Partial<Record<InvoiceSheet['state'], string>> = {
  draft: 'ПРОЕКТ, НЕ ДЛЯ ОПЛАТЫ',
  paid: 'ОПЛАЧЕН',
  cancelled: 'ОТМЕНЁН',
  expired: 'СРОК ОПЛАТЫ ИСТЁК',
}

/** Title and state, then who sells, who buys, by when and for what. */
export const drawHeading = (page: Page, sheet: InvoiceSheet): void => {
  drawTitle(page, sheet)
  for (const [label, value, bold] of facts(sheet)) drawFact(page, label, value, { bold })
  page.y += 6
}

const drawTitle = (page: Page, sheet: InvoiceSheet): void => {
  const { doc } = page
  const mark = marks[sheet.state]
  const style: Style = { size: 8.5, bold: true, colour: grey, align: 'center' }
  const markWidth = mark ? widthOf(doc, mark, style) + 16 : 0
  const title: Style = { size: 14, bold: true }
  const titleWidth = width - (mark ? markWidth + 12 : 0)
  if (mark) {
    const box = { x: right - markWidth, y: page.y + 1, width: markWidth }
    frame(doc, box, 18, 1)
    write(doc, mark, { ...box, y: box.y + 3.5 }, style)
  }
  write(doc, titleOf(sheet), { x: left, y: page.y, width: titleWidth }, title)
  page.y += heightOf(doc, titleOf(sheet), titleWidth, title) + 5
  rule(doc, [left, page.y], [right, page.y], 1.5)
  page.y += 9
}

const facts = (sheet: InvoiceSheet): [label: string, value: string, bold: boolean][] => [
  ['Поставщик\n(исполнитель)', sellerLine(sheet.seller), true],
  ['Покупатель\n(заказчик)', payerLine(sheet.payer), true],
  ...(sheet.dueOn && isPayable(sheet)
    ? [['Оплатить', `не позднее ${longDay(sheet.dueOn)}`, true] as [string, string, boolean]]
    : []),
  ...(leftKopecks(sheet) > 0 && sheet.number
    ? [['Назначение\nплатежа', sheet.purpose, false] as [string, string, boolean]]
    : []),
]

const labelWidth = 82

const drawFact = (page: Page, label: string, value: string, style: Style): void => {
  const { doc, y } = page
  const box = { x: left + labelWidth, y, width: width - labelWidth }
  const small: Style = { size: 8, colour: grey }
  const labels = label.split('\n')
  labels.forEach((part, i) => {
    write(doc, part, { x: left, y: y + 1 + i * 10, width: labelWidth }, small)
  })
  write(doc, value, box, style)
  page.y += Math.max(labels.length * 10 + 1, heightOf(doc, value, box.width, style)) + 6
}

const joined = (parts: (string | null | false)[]): string => parts.filter(Boolean).join(', ')

const sellerLine = ({ name, inn, kpp, address }: SheetSeller): string =>
  joined([name, `ИНН\u00A0${inn}`, kpp && `КПП\u00A0${kpp}`, address])

const payerLine = ({ name, inn, kpp }: SheetPayer): string =>
  joined([name, inn && `ИНН\u00A0${inn}`, kpp && `КПП\u00A0${kpp}`])
