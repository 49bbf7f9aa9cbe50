import { administrator } from '../first-administrator.ts'
import { freeBlock } from '../story/free-block.ts'
import { runStack } from '../story/own-stack.ts'
import { type Person, signIn, signInToManage } from '../story/people.ts'
import { joinSberId, signInBySberId } from '../story/sber-id.ts'
import { type Facts, runStory } from '../story/steps.ts'
import { openWorld, type World } from '../story/world.ts'
import { audit } from './audit.ts'
import type { Claim } from './claim.ts'
import { type Fault, type FaultCase, planFaults, titleOf } from './fault-cases.ts'
import { seededRandom } from './random.ts'

const patienceMs = 60_000
const slowMs = 20_000
const sberPerson = 'anna'

type Options = { seed: number; size: number; say: (line: string) => void }
type Told = { finished: number; met: number; slow: string[]; failures: string[]; facts: Facts[] }

const faultsAt = (world: World, { partner }: FaultCase): string => world.at(partner, '/_sim/faults')

const waitingFaults = async (world: World, one: FaultCase): Promise<Fault[]> =>
  (await world.get<{ faults: Fault[] }>(faultsAt(world, one))).faults

const beatMs = 6000

/** Campaigns are read on a beat that is longer than a story. */
const isMetInTime = async (world: World, one: FaultCase): Promise<boolean> => {
  for (const end = Date.now() + beatMs; Date.now() < end; await Bun.sleep(100))
    if (await wasMet(world, one)) return true
  return false
}

const wasMet = async (world: World, one: FaultCase): Promise<boolean> => {
  const [left] = await waitingFaults(world, one)
  return left === undefined || left.times < one.fault.times
}

const heal = (world: World, one: FaultCase): Promise<object> => world.call('DELETE', faultsAt(world, one))

/** Sets the fault at its time; who is away is back so long after somebody has missed him. */
const misbehave = async (world: World, one: FaultCase, ended: () => boolean): Promise<void> => {
  await Bun.sleep(one.afterMs)
  await world.post(faultsAt(world, one), { body: { faults: [one.fault] } })
  if (!one.awayMs) return
  while (!ended() && !(await wasMet(world, one))) await Bun.sleep(50)
  for (const back = Date.now() + one.awayMs; !ended() && Date.now() < back; ) await Bun.sleep(50)
  await heal(world, one)
}

type Teller = (run: string, keep: (facts: Facts) => void) => Promise<string[]>

const storyTeller =
  (world: World): Teller =>
  async (run, keep) => {
    const failed: string[] = []
    const onStep = ({ ok, step, detail }: { ok: boolean; step: string; detail: string }) => {
      if (!ok) failed.push(`${step}: ${detail}`)
    }
    await runStory(world, run, onStep, keep)
    return failed
  }

const sberTeller =
  (world: World, person: Person): Teller =>
  () =>
    signInBySberId(world, person, sberPerson).then(
      () => [],
      (error: unknown) => [error instanceof Error ? error.message : String(error)],
    )

const playCase = async (world: World, one: FaultCase, run: string, tell: Teller, told: Told) => {
  const begun = Date.now()
  let ended = false
  const away = one.awayMs !== undefined
  const misbehaving = misbehave(world, one, () => ended)
  // What begins at once is there before the first call.
  if (!away && one.afterMs === 0) await misbehaving
  const failed = await tell(run, (facts) => told.facts.push(facts))
  ended = true
  await misbehaving
  const ms = Date.now() - begun
  const met = away || (await isMetInTime(world, one))
  await heal(world, one)
  if (met) told.met++
  if (failed.length === 0) told.finished++
  else told.failures.push(`${titleOf(one)}: ${failed.join()}`)
  if (ms > slowMs) told.slow.push(`${titleOf(one)}: ${ms} ms`)
  return `${titleOf(one)}  ${failed.length === 0 ? 'finished' : `FAILED ${failed.join()}`}  ${ms} ms${met ? '' : '  (never met)'}`
}

const playAll = async (world: World, planned: FaultCase[], say: Options['say']): Promise<Told> => {
  const told: Told = { finished: 0, met: 0, slow: [], failures: [], facts: [] }
  const person = await signIn(world, 'sber-id@example.org')
  await joinSberId(world, person, sberPerson)
  const tellers = { story: storyTeller(world), sberId: sberTeller(world, person) }
  for (const [i, one] of planned.entries()) {
    const tell = one.partner === 'sber-id' ? tellers.sberId : tellers.story
    say(`${i + 1}/${planned.length}  ${await playCase(world, one, `f${i}`, tell, told)}`)
  }
  return told
}

/** Partners that fail, hang, answer nonsense or call back wrongly: a client who repeats nothing only waits, and the books agree. */
export const proveFaults = async ({ seed, size, say }: Options): Promise<Claim[]> => {
  const begun = Date.now()
  const planned = planFaults(seededRandom(seed), size)
  const stack = await runStack(await freeBlock())
  try {
    let anew = 0
    const onPayAnew = () => anew++
    const world = await openWorld({ place: stack.place, repeatForMs: 0, patienceMs, paysAnew: 3, onPayAnew })
    const told = await playAll(world, planned, say)
    const admin = await signInToManage(world, administrator)
    const findings = await audit(world, told.facts, admin.token)
    const wrong = findings.flatMap(({ area, wrong: lines }) => lines.map((line) => `${area}: ${line}`))
    for (const line of [...told.failures, ...told.slow.map((one) => `slow: ${one}`), ...wrong]) say(line)
    const ms = Date.now() - begun
    const claim = (name: string, value: number, goal: Claim['goal']): Claim => {
      return { claim: name, value, goal, ok: goal === 'any' || value === goal, seed, ms }
    }
    return [
      claim('stories that finished', told.finished, planned.length),
      claim('stories whose fault was met', told.met, planned.length),
      claim(`stories slower than ${slowMs / 1000} s`, told.slow.length, 'any'),
      claim('payments that the payer began anew', anew, 'any'),
      ...findings.map((one) => claim(`audit: ${one.area}`, one.wrong.length, 0)),
    ]
  } finally {
    await stack.stop()
  }
}
