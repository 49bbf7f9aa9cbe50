import type { TextOptions } from 'pdfkit'
import type { Document } from './document.ts'

/** Points of an A4 page: 20 mm to the left for the binder, 10 mm to the right. */
export const left = 56.7
export const right = 566.9
export const top = 34
export const bottom = 794
export const width = right - left

export const ink = '#000000'
export const grey = '#5f6368'
const thin = 0.6

/** A document and how far down its last page is written. */
export type Page = { doc: Document; y: number }

export type Style = { size?: number; bold?: boolean; colour?: string; align?: TextOptions['align'] }

const set = (doc: Document, { size = 9, bold = false, colour = ink }: Style): Document =>
  doc
    .font(bold ? 'bold' : 'regular')
    .fontSize(size)
    .fillColor(colour)

/**
 * Marks that are put together are one sign in the font; signs that only direct the text have no picture at all. A short word
 * with a stop (`г. Москва`) stays with what it belongs to.
 */
const printable = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\p{Cf}\p{Cc}]/gu, '')
    .replace(/(?<=^|[\s,(])(\p{L}{1,4}\.) /gu, '$1\u00A0')

export type Box = { x: number; y: number; width: number }

export const write = (doc: Document, text: string, box: Box, style: Style = {}): void => {
  set(doc, style).text(printable(text), box.x, box.y, { width: box.width, align: style.align ?? 'left' })
}

export const heightOf = (doc: Document, text: string, width: number, style: Style = {}): number =>
  set(doc, style).heightOfString(printable(text), { width })

export const widthOf = (doc: Document, text: string, style: Style = {}): number =>
  set(doc, style).widthOfString(printable(text))

export const rule = (doc: Document, from: [number, number], to: [number, number], lineWidth = thin): void => {
  doc
    .lineWidth(lineWidth)
    .strokeColor(ink)
    .moveTo(...from)
    .lineTo(...to)
    .stroke()
}

export const frame = (doc: Document, { x, y, width }: Box, height: number, lineWidth = thin): void => {
  doc.lineWidth(lineWidth).strokeColor(ink).rect(x, y, width, height).stroke()
}

/** True when what comes next did not fit, and so begins a page. */
export const makeRoom = (page: Page, height: number): boolean => {
  if (page.y + height <= bottom) return false
  page.doc.addPage()
  page.y = top
  return true
}
