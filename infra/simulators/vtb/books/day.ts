/** The day of a moment by the bank's own clock, Moscow's: `2026-11-23`. */
export const bankDay = (time: number): string => new Date(time + 3 * 3_600_000).toISOString().slice(0, 10)

export const dayAfter = (day: string, days = 1): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)

/** As the text formats have it: `23.11.2026`. */
export const written = (day: string): string => day.split('-').toReversed().join('.')

export const roubles = (kopecks: number, dot = '.'): string => {
  const text = String(Math.abs(kopecks)).padStart(3, '0')
  return `${kopecks < 0 ? '-' : ''}${text.slice(0, -2)}${dot}${text.slice(-2)}`
}
