import { zlibSync } from 'fflate'
import PDFDocument from 'pdfkit'
import { ptSans } from './fonts/pt-sans.ts'

export type Document = PDFDocument

/** An empty A4 document with fonts `regular` and `bold`. What is said of it makes its bytes: nothing is asked of clock or chance. */
export const openDocument = ({ title, createdAt }: { title: string; createdAt: Date }): Document => {
  const info = { Title: title, Creator: 'Kontora', Producer: 'PDFKit', CreationDate: createdAt }
  const doc = new PDFDocument({
    size: 'A4',
    margin: 0,
    font: null,
    compress: false,
    autoFirstPage: false,
    bufferPages: true,
    pdfVersion: '1.7',
    lang: 'ru-RU',
    displayTitle: true,
    info,
  })
  deflateStreams(doc)
  const { regular, bold } = ptSans()
  return doc.registerFont('regular', regular).registerFont('bold', bold).addPage()
}

/** pdfkit takes each runtime's own zlib, and each makes other bytes of the same page: so all take one of JavaScript. */
const deflateStreams = (doc: Document): void => {
  const make = doc.ref.bind(doc)
  doc.ref = (data) => {
    const reference = make(data)
    const finalize = reference.finalize.bind(reference)
    reference.finalize = () => {
      if (reference.buffer.length > 0 && !reference.data.Filter) {
        // The first level: more takes longer and makes of a sheet 3 % less.
        reference.buffer = [zlibSync(joined(reference.buffer), { level: 1 })]
        reference.data.Filter = 'FlateDecode'
      }
      finalize()
    }
    return reference
  }
}

export const finishDocument = (doc: Document): Promise<Uint8Array<ArrayBuffer>> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    doc.on('data', (chunk) => chunks.push(chunk))
    doc.on('end', () => resolve(joined(chunks)))
    doc.on('error', reject)
    doc.end()
  })

const joined = (chunks: Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
