import { inflateSync } from 'fflate'
import { ptSansBold } from './pt-sans-bold.ts'
import { ptSansRegular } from './pt-sans-regular.ts'

const unpack = (text: string): Uint8Array =>
  inflateSync(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)))

let unpacked: { regular: Uint8Array; bold: Uint8Array } | undefined

/** PT Sans, which has ₽; unpacked when a first sheet is drawn, so that a worker starts without it. */
export const ptSans = (): { regular: Uint8Array; bold: Uint8Array } => {
  unpacked ??= { regular: unpack(ptSansRegular), bold: unpack(ptSansBold) }
  return unpacked
}
