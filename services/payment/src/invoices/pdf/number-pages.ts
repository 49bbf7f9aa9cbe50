import type { Document } from './document.ts'
import { bottom, grey, left, type Style, width, write } from './page.ts'

/** A sheet that came loose says whose it is. */
export const numberPages = (doc: Document, title: string): void => {
  const { count } = doc.bufferedPageRange()
  if (count === 1) return
  const style: Style = { size: 7.5, colour: grey }
  for (let i = 0; i < count; i++) {
    doc.switchToPage(i)
    const box = { x: left, y: bottom + 12, width }
    write(doc, title, box, style)
    write(doc, `Страница ${i + 1} из ${count}`, box, { ...style, align: 'right' })
  }
}
