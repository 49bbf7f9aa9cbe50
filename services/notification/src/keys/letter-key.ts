export type LetterKey = { kid: string; madeAt: Date; usedFrom: Date; retiredAt: Date | null }

const dayMs = 86_400_000

/** A code event lives as long as its topic keeps it, 30 days; `auth` may use a set that is a day old. */
export const keptMs = 31 * dayMs
/** A key is known for a day before it is used, and used for about a month. */
export const knownBeforeMs = dayMs
const usedMs = 30 * dayMs

/** Of those that are not retired: which is used now, and which is to come. */
export const currentAndNext = <Key extends Pick<LetterKey, 'usedFrom'>>(
  keys: Key[],
  now: Date,
): { current: Key | undefined; next: Key | undefined } => {
  const sorted = keys.toSorted((one, other) => one.usedFrom.getTime() - other.usedFrom.getTime())
  return {
    current: sorted.findLast(({ usedFrom }) => usedFrom <= now),
    next: sorted.find(({ usedFrom }) => usedFrom > now),
  }
}

/** Time to publish the one that comes after it. */
export const isSuccessorDue = ({ usedFrom }: Pick<LetterKey, 'usedFrom'>, now: Date): boolean =>
  now.getTime() - usedFrom.getTime() >= usedMs - knownBeforeMs

export const keyPurpose = (kid: string): string => `letter-key ${kid}`
