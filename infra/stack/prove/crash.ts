import { administrator } from '../first-administrator.ts'
import type { PartStatus } from '../parts/part.ts'
import { freeBlock } from '../story/free-block.ts'
import { runStack } from '../story/own-stack.ts'
import { signInToManage } from '../story/people.ts'
import { type Facts, runStory } from '../story/steps.ts'
import { openWorld, type Repeat, type World } from '../story/world.ts'
import { audit } from './audit.ts'
import type { Claim } from './claim.ts'
import { type SeededRandom, seededRandom } from './random.ts'

const kills = 50
const leastEach = 3
const repeatForMs = 30_000

type Options = { seed: number; size: number; say: (line: string) => void }
type Kill = { part: string; afterMs: number }

const partsOf = async ({ place }: World): Promise<PartStatus[]> =>
  ((await (await fetch(`${place.url}/_stack`)).json()) as { parts: PartStatus[] }).parts

/** Every part at least three times at full size, the rest at random, in random order, at random points of a story. */
const plan = (random: SeededRandom, names: string[], count: number, storyMs: number): Kill[] => {
  const sure = names.flatMap((name) => Array.from({ length: leastEach }, () => name))
  const more = Array.from(
    { length: Math.max(0, count - sure.length) },
    () => names[random.below(names.length)] ?? '',
  )
  return random
    .shuffle([...sure, ...more])
    .slice(0, count)
    .map((part) => ({ part, afterMs: random.below(Math.round(storyMs)) }))
}

const untilAllUp = async (world: World): Promise<boolean> => {
  for (const end = Date.now() + 60_000; Date.now() < end; await Bun.sleep(100))
    if ((await partsOf(world)).every(({ state }) => state === 'up')) return true
  return false
}

const killPart = async (world: World, { part, afterMs }: Kill): Promise<void> => {
  await Bun.sleep(afterMs)
  const pid = (await partsOf(world)).find(({ name }) => name === part)?.pid
  if (pid) process.kill(pid, 'SIGKILL')
}

type Told = { finished: number; killed: Map<string, number>; facts: Facts[]; failures: string[] }

const tellStories = async (world: World, planned: Kill[], say: (line: string) => void): Promise<Told> => {
  const told: Told = { finished: 0, killed: new Map(), facts: [], failures: [] }
  for (const [i, kill] of planned.entries()) {
    const begun = Date.now()
    const killing = killPart(world, kill)
    const keep = (facts: Facts) => told.facts.push(facts)
    const failed: string[] = []
    const onStep = (step: { ok: boolean; step: string; detail: string }) => {
      if (!step.ok) failed.push(`${step.step}: ${step.detail}`)
    }
    const ok = await runStory(world, `k${i}-${Date.now().toString(36)}`, onStep, keep)
    await killing
    told.killed.set(kill.part, (told.killed.get(kill.part) ?? 0) + 1)
    if (ok) told.finished++
    else told.failures.push(`after kill ${i + 1} (${kill.part} at ${kill.afterMs} ms): ${failed.join()}`)
    say(
      `${i + 1}/${planned.length}  ${kill.part} killed at ${kill.afterMs} ms  ${ok ? 'finished' : `FAILED ${failed.join()}`}  ${Date.now() - begun} ms`,
    )
    if (!(await untilAllUp(world))) {
      told.failures.push(`after kill ${i + 1}: not all parts came back`)
      break
    }
  }
  return told
}

/** kill -9 to every part in the middle of stories; each story finishes, and the audit finds nothing lost and nothing doubled. */
export const proveCrash = async ({ seed, size, say }: Options): Promise<Claim[]> => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const stack = await runStack(await freeBlock())
  const repeats: Repeat[] = []
  const onRepeat = (repeat: Repeat) => {
    repeats.push(repeat)
    say(`  repeats ${repeat.method} ${repeat.path} (${repeat.why}) after ${repeat.after} ms`)
  }
  try {
    const world = await openWorld({
      place: stack.place,
      repeatForMs,
      onRepeat,
      // The bank tells a payment page's address once: a kill in between ends that order, and the payer begins anew.
      paysAnew: 2,
      onPayAnew: () => say('  a payment is begun anew'),
    })
    const facts: Facts[] = []
    const calm = Date.now()
    const first = await runStory(
      world,
      'calm',
      (step) => step.ok || say(`${step.step}: ${step.detail}`),
      (one) => facts.push(one),
    )
    if (!first) throw new Error('The story does not finish without any kill')
    const names = (await partsOf(world)).map(({ name }) => name)
    const planned = plan(random, names, Math.max(1, Math.round(kills * size)), Date.now() - calm)
    const told = await tellStories(world, planned, say)
    const admin = await signInToManage(world, administrator)
    const findings = await audit(world, [...facts, ...told.facts], admin.token)
    const least = Math.min(...names.map((name) => told.killed.get(name) ?? 0))
    const ms = Date.now() - begun
    for (const line of [
      ...told.failures,
      ...findings.flatMap(({ area, wrong }) => wrong.map((one) => `${area}: ${one}`)),
    ])
      say(line)
    return [
      {
        claim: 'stories that finished',
        value: told.finished,
        goal: planned.length,
        ok: told.finished === planned.length,
        seed,
        ms,
      },
      {
        claim: 'kills of the part killed least',
        value: least,
        goal: size < 1 ? 0 : leastEach,
        ok: least >= (size < 1 ? 0 : leastEach),
        seed,
        ms,
      },
      { claim: 'requests that were repeated', value: repeats.length, goal: 'any', ok: true, seed, ms },
      ...findings.map(({ area, wrong }) => ({
        claim: `audit: ${area}`,
        value: wrong.length,
        goal: 0,
        ok: wrong.length === 0,
        seed,
        ms,
      })),
    ]
  } finally {
    await stack.stop()
  }
}
