import { type Figure, median } from '../../stack/bench/figure.ts'
import { type Measured, openRss } from '../rss/measure.ts'

const revoked = 1_000_000
const rounds = 5
const goalMb = 40
const goalNanos = 1000

const middle = (taken: Measured[], of: (one: Measured) => number): number => median(taken.map(of))

/** A million revoked sessions in a service's memory, as it loads them from its table, against a Map of the same. */
export const benchVerifyRss = async (say: (line: string) => void): Promise<Figure[]> => {
  const { measure, close } = await openRss(revoked)
  const [ours, maps]: [Measured[], Measured[]] = [[], []]
  try {
    for (let round = 1; round <= rounds; round++) {
      const [one, map] = [await measure('ours'), await measure('map')]
      ours.push(one)
      maps.push(map)
      say(
        `round ${round}/${rounds}: ours ${one.megabytes.toFixed(1)} MB, a Map ${map.megabytes.toFixed(1)} MB`,
      )
    }
  } finally {
    await close()
  }
  const megabytes = middle(ours, (one) => one.megabytes)
  const ofMap = middle(maps, (one) => one.megabytes)
  const nanos = middle(ours, (one) => one.nanos)
  const nanosOfMap = middle(maps, (one) => one.nanos)
  return [
    {
      figure: 'verify-rss',
      value: Number(megabytes.toFixed(1)),
      unit: `MB more for ${revoked} revocations`,
      against: `a Map of them (${ofMap.toFixed(1)} MB)`,
      ratio: Number((megabytes / ofMap).toFixed(2)),
      goal: goalMb,
      ok: megabytes <= goalMb,
    },
    {
      figure: 'verify-rss lookup',
      value: Math.round(nanos),
      unit: 'ns a question',
      against: `a Map of them (${Math.round(nanosOfMap)} ns)`,
      ratio: Number((nanos / nanosOfMap).toFixed(2)),
      goal: goalNanos,
      ok: nanos <= goalNanos,
    },
  ]
}
