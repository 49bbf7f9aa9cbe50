import type { SeededRandom } from '../../stack/prove/random.ts'
import { addressOf, type Kind, kinds } from './address.ts'
import type { Answer, Connection } from './connection.ts'
import type { Stand } from './stand.ts'

/** Everything of an answer that a stranger sees, but for how long it took: numbers and ids that differ anyway are blanked. */
const shapeOf = ({ status, head, body }: Answer): string => {
  const lines = head.map((line) =>
    /^(date|retry-after|ratelimit):/i.test(line) ? line.replaceAll(/=?\d+/g, 'N') : line,
  )
  const blanked = body.replaceAll(
    /("flowId"|"flowSecret"|"expiresAt"|"resendAfterSeconds"):("[^"]*"|\d+)/g,
    '$1',
  )
  return [status, ...lines.map((line) => line.replace(/^(date):.*/i, '$1')), blanked].join('\n')
}

const waitOf = ({ head, body }: Answer): number => {
  const header = head.find((line) => /^retry-after:/i.test(line))?.split(':')[1]
  return Number(header ?? /"resendAfterSeconds":(\d+)/.exec(body)?.[1] ?? 0)
}

export type Seen = { ms: number; wait: number; length: number; shape: string }
/** What was seen at one point of the attack: of each kind as many, the i-th of each in one breath. */
export type Point = { name: string; seen: Record<Kind, Seen[]> }

type Flow = { flowId: string; flowSecret: string }
type Course = {
  stand: Stand
  connection: Connection
  random: SeededRandom
  from: number
  count: number
  /** The first code alone, which spares the cool-down. */
  isShort: boolean
}

/**
 * One address after another of each kind, in random order. Four codes are asked for, as far apart as the cool-down wants, and
 * twenty guesses made: compared ones, ones too early, at codes without a try left, at an account without a guess left.
 */
export const observe = async ({
  stand,
  connection,
  random,
  from,
  count,
  isShort,
}: Course): Promise<Point[]> => {
  const points: Point[] = []
  const flows = new Map<string, Flow>()
  const pointOf = (name: string): Point => {
    const point: Point = { name, seen: { known: [], unknown: [], blocked: [] } }
    points.push(point)
    return point
  }

  const see = async (point: Point, kind: Kind, path: string, body: object): Promise<Answer> => {
    const answer = await connection.post(path, body)
    const { ms, body: text } = answer
    point.seen[kind].push({ ms, wait: waitOf(answer), length: text.length, shape: shapeOf(answer) })
    return answer
  }
  const each = async (work: (kind: Kind, email: string) => Promise<void>) => {
    for (const kind of random.shuffle([...kinds])) await work(kind, addressOf(kind, index))
  }
  let index = from

  const ask = async (name: string): Promise<void> => {
    const point = pointOf(name)
    for (index = from; index < from + count; index++)
      await each(async (kind, email) => {
        const { status, body } = await see(point, kind, '/v1/codes', { email })
        if (status === 202) flows.set(email, JSON.parse(body) as Flow)
      })
    await stand.untilResolved()
  }

  const guess = async (...names: string[]): Promise<void> => {
    const all = names.map(pointOf)
    for (index = from; index < from + count; index++)
      for (const point of all)
        await each(async (kind, email) => {
          const { flowId, flowSecret } = flows.get(email) ?? {}
          const code = String(random.below(1_000_000)).padStart(6, '0')
          await see(point, kind, '/v1/sign-in', { flowId, flowSecret, code })
        })
  }

  /** Since the last address of the step before, which is when the first may go on. */
  let stepped = Date.now()
  const atLeast = async (seconds: number, work: () => Promise<void>) => {
    await Bun.sleep(Math.max(0, stepped + seconds * 1000 - Date.now()))
    await work()
    stepped = Date.now()
  }

  const askAfter = async (last: number, seconds: number, name: string): Promise<number> => {
    await Bun.sleep(Math.max(0, last + seconds * 1000 - Date.now()))
    await ask(name)
    stepped = Date.now()
    return stepped
  }

  const first = await askAfter(0, 0, 'ask 1')
  await atLeast(0, () => guess('guess 1', 'guess 2: too early'))
  await atLeast(1, () => guess('guess 3'))
  await atLeast(2, () => guess('guess 4'))
  await atLeast(4, () => guess('guess 5'))
  await atLeast(8, () => guess('guess 6: the last try', 'guess 7: no try left'))
  if (isShort) return points
  const second = await askAfter(first, 30, 'ask 2')
  await atLeast(0, () => guess('guess 8'))
  await atLeast(1, () => guess('guess 9', 'guess 10: too early'))
  await atLeast(2, () => guess('guess 11'))
  await atLeast(4, () => guess('guess 12'))
  await atLeast(8, () => guess('guess 13: the last of the account', 'guess 14: no try left'))
  const third = await askAfter(second, 60, 'ask 3: not sent')
  await atLeast(0, () => guess('guess 15: no guess left', 'guess 16: too early'))
  await atLeast(1, () => guess('guess 17: no guess left'))
  await askAfter(third, 120, 'ask 4: not sent')
  await atLeast(0, () => guess('guess 18: no guess left', 'guess 19: too early'))
  await atLeast(1, () => guess('guess 20: no guess left'))
  return points
}
