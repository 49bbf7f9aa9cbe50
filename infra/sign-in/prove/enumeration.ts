import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'
import { type Kind, kinds } from '../enumeration/address.ts'
import { openConnection } from '../enumeration/connection.ts'
import { observe, type Point, type Seen } from '../enumeration/observe.ts'
import { areaUnderCurve } from '../enumeration/rank.ts'
import { openStand, type Stand } from '../enumeration/stand.ts'

const pairs = 5000
/** So that all guesses at a code are done while it lives. */
const atOnce = 2500
const warmUps = 20
const fewPairs = 50
/** No further pairs after this: a proof ends within 20 minutes, and says how many it had. */
const patienceMs = 9.5 * 60_000

const goal = 0.02
/** With fewer pairs chance alone goes further: then four standard deviations of it. */
const toleranceOf = (count: number): number =>
  count >= pairs ? goal : Math.max(goal, 4 / Math.sqrt(6 * count))

const others: [Kind, Kind][] = [
  ['known', 'unknown'],
  ['known', 'blocked'],
  ['unknown', 'blocked'],
]

const joined = (parts: Point[][]): Point[] =>
  (parts[0] ?? []).map(({ name }, i) => {
    const seenOf = (kind: Kind) => parts.flatMap((points) => points[i]?.seen[kind] ?? [])
    return { name, seen: { known: seenOf('known'), unknown: seenOf('unknown'), blocked: seenOf('blocked') } }
  })

type Area = { name: string; pair: string; area: number }

const areasOf = (points: Point[], value: (seen: Seen) => number): Area[] =>
  points.flatMap(({ name, seen }) =>
    others.map(([one, other]) => ({
      name,
      pair: `${one} and ${other}`,
      area: areaUnderCurve(seen[one].map(value), seen[other].map(value)),
    })),
  )

/** A stall of the machine may let one pause pass; what shows on more than a few of one kind tells it. */
const tellingShapes = (points: Point[]): string[] =>
  points.flatMap(({ name, seen }) => {
    const shapes = new Set(kinds.flatMap((kind) => seen[kind].map(({ shape }) => shape)))
    const most = Math.max(2, seen.known.length / 500)
    return [...shapes].flatMap((shape) => {
      const counts = kinds.map((kind) => seen[kind].filter((one) => one.shape === shape).length)
      return Math.max(...counts) - Math.min(...counts) > most ? [`${name}: ${counts}: ${shape}`] : []
    })
  })

const worstOf = (areas: Area[]): number => Math.max(...areas.map(({ area }) => Math.abs(area - 0.5)))

const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

const tell = (say: (line: string) => void, points: Point[], areas: Area[]) => {
  for (const { name, seen } of points) {
    const ofPoint = areas.filter((area) => area.name === name).map(({ area }) => area.toFixed(4))
    const statuses = [...new Set(kinds.flatMap((kind) => seen[kind].map(({ shape }) => shape.slice(0, 3))))]
    say(
      `${name.padEnd(34)} ${statuses}  median ${median(seen.known.map(({ ms }) => ms)).toFixed(2)} ms  ${ofPoint.join(' ')}`,
    )
  }
}

const observeAll = async (
  stand: Stand,
  random: SeededRandom,
  wanted: number,
  say: (line: string) => void,
) => {
  const begun = Date.now()
  const connection = await openConnection(stand.url)
  const course = { stand, connection, random, isShort: wanted < fewPairs }
  const parts: Point[][] = []
  try {
    for (let i = 0; i < warmUps; i++)
      await connection.post('/v1/codes', { email: `warm-up-${i}@example.com` })
    for (let from = 0; from < wanted && Date.now() - begun < patienceMs; from += atOnce) {
      const count = Math.min(atOnce, wanted - from)
      parts.push(await observe({ ...course, from, count }))
      say(`${from + count} of ${wanted} pairs after ${Math.round((Date.now() - begun) / 1000)} s`)
    }
    return joined(parts)
  } finally {
    connection.close()
  }
}

/**
 * A stranger asks and guesses at addresses of which a third each is known, unknown and blocked, one request at a time, and
 * compares by rank. `auth` and its neighbours are processes of their own, with all jobs at work.
 */
export const proveEnumeration: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const wanted = Math.max(24, Math.round(pairs * size))
  const stand = await openStand()
  try {
    const points = await observeAll(stand, seededRandom(seed), wanted, say)
    const total = points[0]?.seen.known.length ?? 0
    const codes = points.filter(({ name }) => name.startsWith('ask') && !name.includes('not sent')).length
    const times = areasOf(points, ({ ms }) => ms)
    tell(say, points, times)
    const telling = tellingShapes(points)
    for (const line of telling.slice(0, 10)) say(line)
    const claim = (name: string, value: number, most: number): Claim => ({
      ...{ claim: `enumeration: ${name}`, value: Number(value.toFixed(4)), goal: `≤ ${most.toFixed(3)}` },
      ...{ ok: value <= most, seed, ms: Date.now() - begun },
    })
    const most = toleranceOf(total)
    const furthest = (value: (seen: Seen) => number) => worstOf(areasOf(points, value))
    const missing = codes * total - (await stand.countSent())
    return [
      claim(
        `time, furthest from 0.50 of ${times.length} rank tests, ${total} pairs each`,
        worstOf(times),
        most,
      ),
      claim(
        'waits that are told, furthest from 0.50',
        furthest(({ wait }) => wait),
        most,
      ),
      claim(
        'lengths, furthest from 0.50',
        furthest(({ length }) => length),
        most,
      ),
      claim(`status, headers or words that tell, at ${points.length} points`, telling.length, 0),
      claim('codes that were not sent to known addresses', Math.max(0, missing), 0),
    ]
  } finally {
    await stand.stop()
  }
}
