import { type Claim, printClaims } from './prove/claim.ts'
import { proveCrash } from './prove/crash.ts'
import { proveEnding } from './prove/ending.ts'
import { proveFaults } from './prove/faults.ts'
import { proveRestart } from './prove/restart.ts'

type Proof = (options: { seed: number; size: number; say: (line: string) => void }) => Promise<Claim[]>

const proofs: Record<string, Proof> = {
  crash: proveCrash,
  restart: proveRestart,
  ending: proveEnding,
  faults: proveFaults,
}

const help = `prove [name]: claims of correctness at full size. There are: ${Object.keys(proofs).join(', ')}

  --seed N   replays a run
  --size F   a share of the full size, such as 0.1
  --json     one object per line: {"claim","value","goal","ok","seed","ms"}`

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : process.argv[at + 1]
}

const numberOf = (name: string, fallback: number): number => {
  const number = Number(option(name) ?? fallback)
  if (Number.isFinite(number) && number > 0) return number
  console.error(`${name} should be a number above 0`)
  process.exit(2)
}

if (process.argv.includes('--help') || process.argv.includes('-h')) {
  console.log(help)
  process.exit(0)
}
const [name] = process.argv
  .slice(2)
  .filter((word, i, words) => !word.startsWith('-') && !words[i - 1]?.match(/^--(seed|size)$/))
const chosen = Object.entries(proofs).filter(([known]) => !name || known === name)
if (chosen.length === 0) {
  console.error(help)
  process.exit(2)
}
const seed = numberOf('--seed', Math.floor(Date.now() % 1_000_000) + 1)
const size = numberOf('--size', 1)
const say = (line: string) => console.error(line)
say(`seed ${seed}${size < 1 ? `, a smaller size: ${size} of the full one` : ''}`)
const claims: Claim[] = []
for (const [, proof] of chosen) claims.push(...(await proof({ seed, size, say })))
printClaims(claims, process.argv.includes('--json'))
process.exit(claims.every(({ ok }) => ok) ? 0 : 1)
