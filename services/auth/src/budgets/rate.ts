import type { Settings } from '../settings.ts'

/** So many in a window, which fills again evenly (the generic cell rate algorithm). */
export type Rate = { limit: number; windowMs: number }

/** Of each kind: what one network has, and what all have together. */
export type Rates = Record<'codes' | 'guesses', { network: Rate; all: Rate }>

type RateSettings = Pick<
  Settings,
  'CODES_PER_NETWORK_HOUR' | 'GUESSES_PER_NETWORK_HOUR' | 'CODES_PER_HOUR' | 'GUESSES_PER_HOUR'
>

const hourMs = 60 * 60_000
const perHour = (limit: number): Rate => ({ limit, windowMs: hourMs })

export const ratesOf = (settings: RateSettings): Rates => ({
  codes: { network: perHour(settings.CODES_PER_NETWORK_HOUR), all: perHour(settings.CODES_PER_HOUR) },
  guesses: { network: perHour(settings.GUESSES_PER_NETWORK_HOUR), all: perHour(settings.GUESSES_PER_HOUR) },
})
