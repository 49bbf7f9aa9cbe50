import { finishDocument, openDocument } from './document.ts'
import { drawBankBlock } from './draw-bank-block.ts'
import { drawCodes } from './draw-codes.ts'
import { drawHeading } from './draw-heading.ts'
import { drawLines } from './draw-lines.ts'
import { drawSignatures } from './draw-signatures.ts'
import { drawTotals } from './draw-totals.ts'
import { type InvoiceSheet, titleOf } from './invoice-sheet.ts'
import { numberPages } from './number-pages.ts'
import { type Page, top } from './page.ts'

/** «Счёт на оплату» as a PDF. The same sheet makes the same bytes in every process, time zone and runtime. */
export const invoicePdf = (sheet: InvoiceSheet): Promise<Uint8Array<ArrayBuffer>> => {
  const title = titleOf(sheet).replaceAll('\u00A0', ' ')
  const page: Page = { doc: openDocument({ title, createdAt: sheet.createdAt }), y: top }
  drawBankBlock(page, sheet.seller)
  drawHeading(page, sheet)
  drawLines(page, sheet.lines)
  drawTotals(page, sheet)
  drawCodes(page, sheet)
  drawSignatures(page, sheet.seller)
  numberPages(page.doc, title)
  return finishDocument(page.doc)
}
