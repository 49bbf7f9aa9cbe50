import { qrCode } from '../../qr/qr-code.ts'
import { isSbpLink } from '../../qr/sbp-link.ts'
import { transferCode } from '../../qr/transfer-code.ts'
import { leftKopecks } from '../invoice.ts'
import type { Document } from './document.ts'
import { signaturesHeight } from './draw-signatures.ts'
import { type InvoiceSheet, isPayable, rouble } from './invoice-sheet.ts'
import { grey, heightOf, left, makeRoom, type Page, width, write } from './page.ts'

type Code = { text: string; title: string; about: string }

/** 38 mm: a long purpose's modules are still 0.35 mm, which a printer and a telephone manage. */
const side = 108
/** White around a code: four modules of the coarsest that a link makes. */
const gap = 14

/** How to pay by telephone: by a transfer with all requisites filled in, or by СБП while an order for it is open. */
export const drawCodes = (page: Page, sheet: InvoiceSheet): void => {
  if (!isPayable(sheet)) return
  const { doc } = page
  makeRoom(page, side + gap + signaturesHeight)
  const half = width / 2
  codesOf(sheet).forEach((code, i) => {
    const x = left + i * half
    drawCode(doc, code.text, x, page.y)
    const box = { x: x + side + gap, width: half - side - 2 * gap }
    write(doc, code.title, { ...box, y: page.y }, { bold: true })
    const below = page.y + heightOf(doc, code.title, box.width, { bold: true }) + 4
    write(doc, code.about, { ...box, y: below }, { size: 8, colour: grey })
  })
  page.y += side + gap
}

export const codesOf = (sheet: InvoiceSheet): Code[] => {
  const { seller, purpose, sbp } = sheet
  const payee = { ...seller, name: seller.shortName }
  const transfer: Code = {
    text: transferCode({ payee, amountKopecks: leftKopecks(sheet), purpose }),
    title: 'Перевод по реквизитам',
    about: `Откройте приложение банка и наведите камеру: реквизиты, сумма ${rouble(leftKopecks(sheet))}\u00A0₽ и назначение заполнятся сами.`,
  }
  if (!sbp || !isSbpLink(sbp.link)) return [transfer]
  const about = `Наведите камеру телефона и выберите свой банк: ${rouble(sbp.amountKopecks)}\u00A0₽. Код одноразовый и действует недолго.`
  return [transfer, { text: sbp.link, title: 'Система быстрых платежей', about }]
}

/** One path for the whole code: bars that are filled apart show hair-lines between them. */
const drawCode = (doc: Document, text: string, x: number, y: number): void => {
  const { size, bars } = qrCode(text)
  doc
    .save()
    .translate(x, y)
    .scale(side / size)
    .fillColor('#000000')
  for (const bar of bars) doc.rect(bar.x, bar.y, bar.width, 1)
  doc.fill().restore()
}
