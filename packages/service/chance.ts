import { uuidv7 } from '@kontora/validation'

/** Time, ids and chance come in through Resources, so that one seed replays one history. */
export type Chance = {
  now: () => Date
  newId: () => string
  random: (length: number) => Uint8Array<ArrayBuffer>
}

/** The real ones. The only place that asks the clock and the generator. */
export const realChance = (): Chance => {
  const now = () => new Date()
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
  return { now, random, newId: () => uuidv7(now(), random(10)) }
}
