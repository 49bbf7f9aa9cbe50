import { type Figure, median } from '../../stack/bench/figure.ts'
import type { Extent, Round } from './load/rounds.ts'
import type { Racer } from './racer.ts'
import { cpuSeconds } from './usage.ts'

export type Pair = { ours: Round; bare: Round }
type Race = { bare: Racer; ours: Racer; pid: number; extent: Extent; say: (line: string) => void }

const rounds = 5

/** Both sides in turn, five times after one that warms both up. */
export const race = async ({ bare, ours, pid, extent, say }: Race): Promise<Pair[]> => {
  const pairs: Pair[] = []
  for (let round = 0; round <= rounds; round++) {
    const bareRound = await bare.run(extent)
    const before = cpuSeconds(pid)
    const pair = { bare: bareRound, ours: await ours.run(extent) }
    const micros = ((cpuSeconds(pid) - before) * 1e6) / Math.max(pair.ours.messages, 1)
    if (round > 0) pairs.push(pair)
    say(
      `${round === 0 ? 'warm-up' : `round ${round}/${rounds}`}: ${tell(pair)}, gateway ${micros.toFixed(1)} µs CPU a message`,
    )
  }
  return pairs
}

const tell = ({ bare, ours }: Pair): string =>
  `bare ${bare.perSecond}/s p50 ${bare.p50} ms, kafka-http ${ours.perSecond}/s p50 ${ours.p50} p99 ${ours.p99} ms`

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
