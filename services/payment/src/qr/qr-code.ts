import { encode } from 'uqr'

/** Dark bars in modules from the code's upper left corner: as few as runs of a row allow, `size` is the side without margin. */
export type QrCode = { size: number; bars: { x: number; y: number; width: number }[] }

/** Light all around, in modules: less, and readers fail beside other print (ISO/IEC 18004, 5.3.8). */
export const quietModules = 4

/** Text as UTF-8. Correction is M, and more where the same size holds more; what M cannot hold is refused by a throw (2331 bytes). */
export const qrCode = (text: string): QrCode => {
  const { size, data } = encode(text, { ecc: 'M', boostEcc: true, border: 0 })
  return { size, bars: data.flatMap((row, y) => barsOf(row).map((bar) => ({ ...bar, y }))) }
}

/** A whole SVG document, black on white with the margin that readers need; scales to whatever holds it. */
export const qrSvg = (text: string): string => {
  const { size, bars } = qrCode(text)
  const side = size + 2 * quietModules
  const path = bars
    .map(({ x, y, width }) => `M${x + quietModules} ${y + quietModules}h${width}v1h-${width}z`)
    .join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${path}"/></svg>`
}

const barsOf = (row: boolean[]): { x: number; width: number }[] => {
  const bars: { x: number; width: number }[] = []
  row.forEach((isDark, x) => {
    const last = bars.at(-1)
    if (!isDark) return
    if (last && last.x + last.width === x) last.width += 1
    else bars.push({ x, width: 1 })
  })
  return bars
}
