import type { Locale } from '@kontora/validation'

const gap = '\u00a0'

/** By whole numbers: a sum of kopecks up to 2^53 has no exact half as a fraction. */
export const formatRoubles = (kopecks: number, locale: Locale): string => {
  const roubles = String(Math.floor(kopecks / 100)).replaceAll(
    /\B(?=(\d{3})+$)/g,
    locale === 'ru' ? gap : ',',
  )
  const rest = String(kopecks % 100).padStart(2, '0')
  return locale === 'ru' ? `${roubles},${rest}${gap}₽` : `₽${roubles}.${rest}`
}
