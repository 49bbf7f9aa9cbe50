const dash = 45
const isDash = (at: number): boolean => at === 8 || at === 13 || at === 18 || at === 23

/** -1 for what is no hexadecimal digit. */
const nibbleOf = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48
  const low = code | 32
  return low >= 97 && low <= 102 ? low - 87 : -1
}

/** The four words of a UUID; false for any other text. Without a single object, for it is asked at each request. */
export const readUuid = (text: string, words: Uint32Array): boolean => {
  if (text.length !== 36) return false
  for (let at = 0, digit = 0; at < 36; at++) {
    const code = text.charCodeAt(at)
    if (isDash(at)) {
      if (code !== dash) return false
      continue
    }
    const nibble = nibbleOf(code)
    if (nibble < 0) return false
    const word = digit >> 3
    words[word] = ((words[word] ?? 0) << 4) | nibble
    digit++
  }
  return true
}
