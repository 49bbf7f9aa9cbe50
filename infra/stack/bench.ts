import { eventFigures } from '../backbone/bench/index.ts'
import { paymentFigures } from '../money/bench/index.ts'
import { signInFigures } from '../sign-in/bench/index.ts'
import { readArguments, refuse } from './arguments.ts'
import { type Bench, type Figure, printFigures } from './bench/figure.ts'
import { benchStart } from './bench/start.ts'
import { endWithStacks } from './story/own-stack.ts'

const benches: Record<string, Record<string, Bench>> = {
  start: { start: benchStart },
  events: eventFigures,
  auth: signInFigures,
  payment: paymentFigures,
}

const help = `bench [name [figure]]: figures, each held against another thing that is measured in the same run

  start    the local stack from an empty folder, and again from the kept one; five rounds, medians
  events   the event backbone: ${Object.keys(eventFigures).join(', ')}
  auth     sign-in and tokens: ${Object.keys(signInFigures).join(', ')}
  payment  money: ${Object.keys(paymentFigures).join(', ')}
  --json   one object per line: {"figure","value","unit","against","ratio","goal","ok"}`

const { words, flags } = readArguments({ help, words: 2, flags: ['--json'] })
const [name = 'start', only] = words
const bench = benches[name]
if (!bench) refuse(`no such bench: ${name}`)
const chosen = Object.entries(bench ?? {}).filter(([known]) => only === undefined || known === only)
if (chosen.length === 0) refuse(`no such figure of ${name}: ${only}`)
endWithStacks()
const figures: Figure[] = []
// Two figures may come of one measurement.
for (const measure of new Set(chosen.map(([, measure]) => measure)))
  figures.push(...(await measure((line) => console.error(line))))
printFigures(figures, flags.has('--json'))
process.exit(figures.every(({ ok }) => ok) ? 0 : 1)
