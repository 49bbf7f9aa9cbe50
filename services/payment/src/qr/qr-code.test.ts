import { expect, test } from 'bun:test'
import { readCodes } from '../invoices/pdf/testing-pdf.node.ts'
import { qrCode, qrSvg, quietModules } from './qr-code.ts'

const text = 'ST00012|Name=ООО «Контора»|Purpose=Оплата по счету № 1'

/** The SVG as a browser fills it, five pixels a module. */
const draw = (svg: string) => {
  const side = Number(/viewBox="0 0 (\d+) \d+"/.exec(svg)?.[1])
  const width = side * 5
  const data = new Uint8ClampedArray(width * width * 4).fill(255)
  for (const [, x, y, length] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let row = Number(y) * 5; row < Number(y) * 5 + 5; row++)
      data.fill(0, (row * width + Number(x) * 5) * 4, (row * width + (Number(x) + Number(length)) * 5) * 4)
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255
  return { width, height: width, data }
}

test('a code drawn as SVG reads as its text', async () => {
  expect(await readCodes(draw(qrSvg(text)))).toEqual([text])
})

test('an SVG holds nothing of the text itself, so no text can break out of it', () => {
  const svg = qrSvg('"/><script>alert(1)</script>')
  expect(svg).toMatch(/^<svg [^<>]+><path fill="#fff" d="[\dMhvHz ]+"\/><path d="[\dMhvz -]+"\/><\/svg>$/)
})

test('around a code four modules stay white', () => {
  const { size, bars } = qrCode(text)
  expect(Math.min(...bars.map(({ x }) => x))).toBe(0)
  expect(qrSvg(text)).toContain(`viewBox="0 0 ${size + 2 * quietModules} ${size + 2 * quietModules}"`)
})

test('a text that no code holds is refused', () => {
  expect(() => qrCode('Ж'.repeat(1_200))).toThrow()
})
