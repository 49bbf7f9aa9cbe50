import type { InvoiceSheet } from './invoice-sheet.ts'

/**
 * `Content-Disposition` of a sheet, its name in Russian for whoever reads RFC 6266 and in ASCII for the rest. The file is our
 * own work, so it may open in the browser.
 */
export const dispositionOf = ({ number, issuedOn }: InvoiceSheet): string => {
  const [plain, name] =
    number && issuedOn
      ? [`invoice-${number}`, `Счёт № ${number} от ${issuedOn.split('-').reverse().join('.')}`]
      : ['invoice-draft', 'Счёт (проект)']
  return `inline; filename="${asciiOf(plain)}.pdf"; filename*=UTF-8''${encodeName(name)}.pdf`
}

const asciiOf = (text: string): string => text.replace(/[^A-Za-z0-9-]/g, '_')

/** RFC 5987 leaves fewer signs as they are than `encodeURIComponent` does. */
const encodeName = (name: string): string =>
  encodeURIComponent(name).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
