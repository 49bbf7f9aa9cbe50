import * as v from 'valibot'

const mostDays = 365
const dayMs = 24 * 60 * 60_000

/** Letters to who owes come by day, as law 230-ФЗ (art. 7, p. 5) has it for weekends, which are stricter: 9:00 to 20:00, here Moscow's. */
const fromHour = 9
const toHour = 20
const moscowHours = 3

const isLadder = (days: number[]): boolean =>
  days.every((day, i) => Math.abs(day) <= mostDays && (i === 0 || day > (days[i - 1] ?? day)))

/** Days after the one that an invoice is due, before it below zero: `-3,0,3,10`. `none` is no reminder at all, for an empty setting is an absent one. */
export const ReminderDays = v.pipe(
  v.string(),
  v.regex(/^(?:none|-?\d{1,3}(?:,-?\d{1,3})*)$/, 'days as -3,0,3,10, or none'),
  v.transform((text) => (text === 'none' ? [] : text.split(',').map(Number))),
  v.check(isLadder, `days from -${mostDays} to ${mostDays}, each later than the one before`),
)

/** `told` are the steps that were. */
export type Reminded = { dueOn: string; issuedAt: Date; told: number[] }

/** Moscow has kept its clock since 2014. */
export const stepTime = (dueOn: string, days: number): Date =>
  new Date(Date.parse(`${dueOn}T0${fromHour}:00:00+03:00`) + days * dayMs)

export const isQuiet = (time: Date): boolean => {
  const hour = (time.getUTCHours() + moscowHours) % 24
  return hour < fromHour || hour >= toHour
}

/** The end of the night that it is. */
export const morningAfter = (time: Date): Date => {
  const moscow = new Date(time.getTime() + moscowHours * 60 * 60_000)
  const isEvening = moscow.getUTCHours() >= toHour
  const day = new Date(moscow.getTime() + (isEvening ? dayMs : 0)).toISOString().slice(0, 10)
  return stepTime(day, 0)
}

/**
 * The latest step that has come since the issue: whoever was down for a week tells once, not of each step that it missed. The
 * letter of the issue itself is as good as a step before it.
 */
export const dueStep = (
  { dueOn, issuedAt, told }: Reminded,
  ladder: number[],
  time: Date,
): number | undefined => {
  const come = ladder.filter((days) => {
    const at = stepTime(dueOn, days)
    return at > issuedAt && at <= time
  })
  const last = come.at(-1)
  return last === undefined || told.some((days) => days >= last) ? undefined : last
}

export const nextStepTime = ({ dueOn }: Reminded, ladder: number[], time: Date): Date | null =>
  ladder.map((days) => stepTime(dueOn, days)).find((at) => at > time) ?? null
