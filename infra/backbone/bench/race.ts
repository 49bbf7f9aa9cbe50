import { type Figure, median } from '../../stack/bench/figure.ts'
import type { Extent, Round } from './load/rounds.ts'
import type { Racer } from './racer.ts'
import { cpuSeconds } from './usage.ts'

export type Pair = { ours: Round; bare: Round }
/** `extent` is that of a turn, of which a round has several. */
type Race = {
  bare: Racer
  ours: Racer
  pid: number
  extent: Extent
  /** Rounds before those that count: a process that has run for a while has its code compiled. */
  warmUps?: number
  say: (line: string) => void
}

const rounds = 5
const turns = 6

/** Both sides, five rounds. Within a round they take turns, so that a busy moment of the machine falls on both. */
export const race = async ({ bare, ours, pid, extent, warmUps = 3, say }: Race): Promise<Pair[]> => {
  const pairs: Pair[] = []
  for (let round = 1 - warmUps; round <= rounds; round++) {
    const before = cpuSeconds(pid)
    const taken: Pair[] = []
    for (let turn = 0; turn < turns; turn++)
      taken.push({ bare: await bare.run(extent), ours: await ours.run(extent) })
    const pair = {
      bare: merge(taken.map((each) => each.bare)),
      ours: merge(taken.map((each) => each.ours)),
    }
    const micros = ((cpuSeconds(pid) - before) * 1e6) / Math.max(pair.ours.messages, 1)
    if (round > 0) pairs.push(pair)
    say(`${round > 0 ? `round ${round}/${rounds}` : 'warm-up'}: ${tell(pair, micros)}`)
  }
  return pairs
}

const merge = (parts: Round[]): Round => {
  const sum = (of: (round: Round) => number) => parts.reduce((total, each) => total + of(each), 0)
  const messages = sum((each) => each.messages)
  const seconds = sum((each) => each.seconds)
  return {
    messages,
    seconds,
    perSecond: Math.round(messages / seconds),
    p50: median(parts.map(({ p50 }) => p50)),
    p99: median(parts.map(({ p99 }) => p99)),
    cpuMicros: Number((sum((each) => each.cpuMicros * each.messages) / Math.max(messages, 1)).toPrecision(4)),
  }
}

const tell = ({ bare, ours }: Pair, gatewayMicros: number): string =>
  `bare ${bare.perSecond}/s p50 ${bare.p50} p99 ${bare.p99} ms ${bare.cpuMicros} µs CPU a message, ` +
  `kafka-http ${ours.perSecond}/s p50 ${ours.p50} p99 ${ours.p99} ms ${gatewayMicros.toFixed(1)} µs (its caller ${ours.cpuMicros})`

type Kind = {
  figure: string
  unit: string
  goal: number
  of: (round: Round) => number
  isLowBetter?: boolean
}

/** The median of the rounds' ratios, with the smallest and the largest of them. */
export const compare = (pairs: Pair[], { figure, unit, goal, of, isLowBetter = false }: Kind): Figure => {
  const ratios = pairs.map(({ ours, bare }) => of(ours) / of(bare)).toSorted((a, b) => a - b)
  const ratio = Number(median(ratios).toFixed(2))
  const spread = `${ratios[0]?.toFixed(2)}–${ratios.at(-1)?.toFixed(2)}`
  return {
    figure,
    value: median(pairs.map(({ ours }) => of(ours))),
    unit,
    against: `the bare library (${median(pairs.map(({ bare }) => of(bare)))} ${unit}, rounds ${spread})`,
    ratio,
    goal,
    ok: isLowBetter ? ratio <= goal : ratio >= goal,
  }
}
