/** The upper halves of the two one-byte code pages that Russian banks write; the lower half is ASCII. */
const cp1251 =
  'ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u0098™љ›њќћџ\u00a0ЎўЈ¤Ґ¦§Ё©Є«¬\u00ad®Ї°±Ііґµ¶·ё№є»јЅѕїАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя'
const cp866 =
  'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмноп░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀рстуфхцчшщъыьэюяЁёЄєЇїЎў°∙·√№¤■\u00a0'

export type Encoding = 'utf-8' | 'cp1251' | 'cp866'
type Decode = (chunk: Uint8Array) => string

const tableOf = (upper: string): Uint16Array =>
  Uint16Array.from({ length: 256 }, (_, byte) => (byte < 128 ? byte : upper.charCodeAt(byte - 128)))

const atOnce = 8192

/** Not TextDecoder: which code pages that knows depends on the runtime. */
const byTable = (upper: string): Decode => {
  const table = tableOf(upper)
  return (chunk) => {
    let text = ''
    for (let start = 0; start < chunk.length; start += atOnce) {
      const codes = Uint16Array.from(chunk.subarray(start, start + atOnce), (byte) => table[byte] ?? 0)
      text += String.fromCharCode(...codes)
    }
    return text
  }
}

const byUtf8 = (): Decode => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  return (chunk) => decoder.decode(chunk, { stream: true })
}

/** A chunk may end in the middle of a character, so its last three bytes say nothing. */
const isUtf8 = (chunk: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(chunk, { stream: true })
    return true
  } catch {
    return false
  }
}

const headerWord = 'Кодировка'

/** By what the bytes are, for the header's own word may be wrong: a word that has to be there is readable in one code page only. */
export const encodingOf = (start: Uint8Array, word = headerWord): Encoding => {
  if (isUtf8(start)) return 'utf-8'
  const head = start.subarray(0, 4096)
  if (byTable(cp866)(head).includes(word)) return 'cp866'
  return 'cp1251'
}

export const decoderOf = (encoding: Encoding): Decode =>
  encoding === 'utf-8' ? byUtf8() : byTable(encoding === 'cp866' ? cp866 : cp1251)
