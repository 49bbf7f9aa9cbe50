// What we use of pdfkit. The types that others publish bring Node's globals into code that workerd runs.
declare module 'pdfkit' {
  export type TextOptions = {
    width?: number
    align?: 'left' | 'center' | 'right'
    lineBreak?: boolean
    lineGap?: number
  }

  /** An object of the file; a stream if something was written into it. */
  export type Reference = { data: { Filter?: string }; buffer: Uint8Array[]; finalize(): void }

  type Options = {
    size: 'A4'
    margin: number
    font: null
    compress: boolean
    autoFirstPage: boolean
    bufferPages: boolean
    pdfVersion: '1.7'
    lang: string
    displayTitle: boolean
    info: { Title: string; Creator: string; Producer: string; CreationDate: Date }
  }

  export default class PDFDocument {
    constructor(options: Options)
    registerFont(name: string, font: Uint8Array): this
    font(name: string): this
    fontSize(size: number): this
    text(text: string, x: number, y: number, options?: TextOptions): this
    widthOfString(text: string): number
    heightOfString(text: string, options?: TextOptions): number
    fillColor(color: string): this
    strokeColor(color: string): this
    lineWidth(width: number): this
    moveTo(x: number, y: number): this
    lineTo(x: number, y: number): this
    rect(x: number, y: number, width: number, height: number): this
    stroke(): this
    fill(): this
    save(): this
    restore(): this
    translate(x: number, y: number): this
    scale(factor: number): this
    addPage(): this
    bufferedPageRange(): { start: number; count: number }
    switchToPage(page: number): unknown
    ref(data: object): Reference
    on(event: 'data', heard: (bytes: Uint8Array) => void): this
    on(event: 'end', heard: () => void): this
    on(event: 'error', heard: (error: Error) => void): this
    end(): void
  }
}
