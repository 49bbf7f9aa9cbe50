const latin = 'ABCEHKMOPTXYaceopxy'
const cyrillic = 'АВСЕНКМОРТХУасеорху'

const mapped = (from: string, to: string) => {
  const pairs = new Map(Array.from(from, (letter, i) => [letter, to[i] ?? letter]))
  const pattern = new RegExp(`[${from}]`, 'g')
  return (text: string): string => text.replaceAll(pattern, (letter) => pairs.get(letter) ?? letter)
}

/** Letters that look alike in both alphabets, written as the Cyrillic ones: people type whichever keyboard is on. */
export const inCyrillic = mapped(latin, cyrillic)
export const inLatin = mapped(cyrillic, latin)
