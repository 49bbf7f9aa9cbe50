/** `2026-11-23T10:15:00` on the base's own clock; `toISOString()` would move documents to the day before. */
export const wallClock = (time: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
    .format(time)
    .replace(' ', 'T')
