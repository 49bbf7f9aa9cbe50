/** Roubles as the bank writes them, from whole kopecks: the shortest digits, as any JSON writer has them. */
export const roubles = (kopecks: number): number =>
  Number(`${Math.trunc(kopecks / 100)}.${String(kopecks % 100).padStart(2, '0')}`)

/** A JSON number with at most two digits after the point; text is refused, and so is nothing, less, or part of a kopeck. */
export const readRoubles = (value: unknown): number | undefined => {
  if (typeof value !== 'number') return undefined
  const parts = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(String(value))
  if (!parts) return undefined
  const kopecks = Number(parts[1]) * 100 + Number((parts[2] ?? '').padEnd(2, '0'))
  return Number.isSafeInteger(kopecks) && kopecks > 0 ? kopecks : undefined
}
