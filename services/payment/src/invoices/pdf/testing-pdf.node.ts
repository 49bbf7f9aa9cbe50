import { PDFiumLibrary } from '@hyzyla/pdfium'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

/** RGBA, as a screen or a printer shows a page. */
export type Picture = { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> }
export type SeenPage = { text: string; picture: Picture }

const wasmBinary = await Bun.file(
  Bun.resolveSync('zxing-wasm/reader/zxing_reader.wasm', import.meta.dir),
).arrayBuffer()
prepareZXingModule({ overrides: { wasmBinary } })

/** Each page's text and its picture, `scale` pixels a point. Text is taken first: after a picture pdfium has none. */
export const lookAt = async (pdf: Uint8Array, scale = 2): Promise<SeenPage[]> => {
  const library = await PDFiumLibrary.init()
  const document = await library.loadDocument(pdf)
  try {
    const texts = [...document.pages()].map((page) => page.getText().replace(/\s+/g, ' '))
    const seen: SeenPage[] = []
    for (const page of document.pages()) {
      const { width, height, data } = await page.render({ scale, render: 'bitmap' })
      seen.push({ text: texts[seen.length] ?? '', picture: { width, height, data: rgbaOf(data) } })
    }
    return seen
  } finally {
    document.destroy()
    library.destroy()
  }
}

/** pdfium gives BGRA; what is transparent is the paper's white. */
const rgbaOf = (bgra: Uint8Array): Uint8ClampedArray<ArrayBuffer> => {
  const rgba = new Uint8ClampedArray(bgra.length).fill(255)
  for (let i = 0; i < bgra.length; i += 4) {
    const alpha = (bgra[i + 3] ?? 0) / 255
    for (let colour = 0; colour < 3; colour++)
      rgba[i + colour] = (bgra[i + 2 - colour] ?? 0) * alpha + 255 * (1 - alpha)
  }
  return rgba
}

/** What the QR codes of a picture say, from left to right. */
export const readCodes = async (picture: Picture): Promise<string[]> => {
  const codes = await readBarcodes({ ...picture, colorSpace: 'srgb' } as ImageData, {
    formats: ['QRCode'],
    maxNumberOfSymbols: 9,
  })
  return codes
    .toSorted((one, other) => one.position.topLeft.x - other.position.topLeft.x)
    .map(({ bytes }) => new TextDecoder().decode(bytes))
}

/** Whether nothing is printed in a rectangle given in points. */
export const isWhite = (
  { width, data }: Picture,
  scale: number,
  [x1, y1, x2, y2]: [number, number, number, number],
): boolean => {
  for (let y = Math.ceil(y1 * scale); y < Math.floor(y2 * scale); y++)
    for (let x = Math.ceil(x1 * scale); x < Math.floor(x2 * scale); x++)
      if ((data[(y * width + x) * 4] ?? 255) < 250) return false
  return true
}
