import { eventProofs } from '../backbone/prove/index.ts'
import { paymentProofs } from '../money/prove/index.ts'
import { signInProofs } from '../sign-in/prove/index.ts'
import { readArguments, refuse } from './arguments.ts'
import { type Claim, type Proof, printClaims } from './prove/claim.ts'
import { proveCrash } from './prove/crash.ts'
import { proveEnding } from './prove/ending.ts'
import { proveFaults } from './prove/faults.ts'
import { proveRestart } from './prove/restart.ts'
import { endWithStacks } from './story/own-stack.ts'

const proofs: Record<string, Record<string, Proof>> = {
  crash: { crash: proveCrash },
  restart: { restart: proveRestart },
  ending: { ending: proveEnding },
  faults: { faults: proveFaults },
  events: eventProofs,
  auth: signInProofs,
  payment: paymentProofs,
}

const help = `prove [name [claim]]: claims of correctness at full size. There are: ${Object.keys(proofs).join(', ')}

  events     ${Object.keys(eventProofs).join(', ')}
  auth       ${Object.keys(signInProofs).join(', ')}
  payment    ${Object.keys(paymentProofs).join(', ')}
  --seed N   replays a run
  --size F   a share of the full size, such as 0.1
  --json     one object per line: {"claim","value","goal","ok","seed","ms"}`

const { words, flags, options } = readArguments({
  help,
  words: 2,
  flags: ['--json'],
  options: ['--seed', '--size'],
})

const numberOf = (name: string, fallback: number): number => {
  const number = Number(options.get(name) ?? fallback)
  return Number.isFinite(number) && number > 0 ? number : refuse(`${name} should be a number above 0`)
}

const [name, only] = words
const groups = Object.entries(proofs).filter(([known]) => !name || known === name)
if (groups.length === 0) refuse(`no such proof: ${name}`)
const chosen = groups
  .flatMap(([, claims]) => Object.entries(claims))
  .filter(([claim]) => only === undefined || claim === only)
if (chosen.length === 0) refuse(`no such claim of ${name}: ${only}`)
const seed = numberOf('--seed', Math.floor(Date.now() % 1_000_000) + 1)
const size = numberOf('--size', 1)
const say = (line: string) => console.error(line)
say(`seed ${seed}${size < 1 ? `, a smaller size: ${size} of the full one` : ''}`)
const claims: Claim[] = []
endWithStacks()
/** A proof that breaks has shown nothing, and takes nothing of what the others have shown. */
const claimsOf = async (claim: string, proof: Proof): Promise<Claim[]> => {
  const begun = Date.now()
  try {
    return await proof({ seed, size, say })
  } catch (error) {
    console.error(error)
    return [{ claim, value: 'broke', goal: 'to end', ok: false, seed, ms: Date.now() - begun }]
  }
}
for (const [claim, proof] of chosen) claims.push(...(await claimsOf(claim, proof)))
printClaims(claims, flags.has('--json'))
process.exit(claims.every(({ ok }) => ok) ? 0 : 1)
