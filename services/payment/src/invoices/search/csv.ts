/** By which Excel knows UTF-8. */
export const byteOrderMark = '\ufeff'

/** What spreadsheets take for a formula, also behind white space and in the wide forms of East Asia. */
const formula = /^\s*[=+\-@\t\r\n＝＋－＠]/

/** A sign before it makes it text; money and days never begin so. */
const harmless = (text: string): string => (formula.test(text) ? `'${text}` : text)

const quoted = (text: string): string => (/[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** One line as Excel of a Russian system reads it: semicolons between, CR LF behind. */
export const csvLine = (cells: readonly (string | null)[]): string =>
  `${cells.map((cell) => quoted(harmless(cell ?? ''))).join(';')}\r\n`

/** Roubles with a decimal comma, from whole numbers: `1000000,00`. */
export const roublesCell = (kopecks: number): string =>
  `${Math.floor(kopecks / 100)},${String(kopecks % 100).padStart(2, '0')}`
