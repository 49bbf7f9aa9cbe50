import * as v from 'valibot'

const isDay = (text: string): boolean => {
  const time = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text)
}

/** A calendar day, `2026-11-23`. */
export const DateOnly = v.pipe(
  v.string(),
  v.regex(/^[12]\d{3}-\d{2}-\d{2}$/, 'a day as 2026-11-23'),
  v.check(isDay, 'a day of the calendar'),
)

const isInstant = (text: string): boolean => !Number.isNaN(new Date(text).getTime())

/** A moment in time with its zone, RFC 3339; a Date inside. */
export const Instant = v.pipe(
  v.string(),
  v.regex(
    /^[12]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2})$/,
    'a time as 2026-11-23T10:15:00Z',
  ),
  v.check(isInstant, 'a moment of the calendar'),
  v.transform((text) => new Date(text)),
)
