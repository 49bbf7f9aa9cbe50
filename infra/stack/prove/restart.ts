import type { PartStatus } from '../parts/part.ts'
import { freeBlock } from '../story/free-block.ts'
import { runStack } from '../story/own-stack.ts'
import { runStory } from '../story/steps.ts'
import { openWorld } from '../story/world.ts'
import type { Claim } from './claim.ts'
import { seededRandom } from './random.ts'

const restarted = ['client', 'auth', 'notification', 'documents', 'payment', 'kafka-http']

/** SIGTERM to each service in the middle of a story that repeats nothing: no request that it makes fails. */
export const proveRestart = async ({
  seed,
  size,
  say,
}: {
  seed: number
  size: number
  say: (line: string) => void
}): Promise<Claim[]> => {
  const random = seededRandom(seed)
  const stack = await runStack(await freeBlock())
  const rounds = Math.max(1, Math.round(3 * size))
  const claims: Claim[] = []
  try {
    const world = await openWorld({ place: stack.place, repeatForMs: 0 })
    const url = `${stack.place.url}/_stack`
    const pidOf = async (name: string): Promise<number | null | undefined> =>
      ((await (await fetch(url)).json()) as { parts: PartStatus[] }).parts.find((part) => part.name === name)
        ?.pid
    const calm = Date.now()
    if (!(await runStory(world, 'calm', ({ ok, step, detail }) => ok || say(`${step}: ${detail}`))))
      throw new Error('The story does not finish without any restart')
    const storyMs = Date.now() - calm
    for (const name of restarted) {
      const begun = Date.now()
      const failed: string[] = []
      for (let round = 0; round < rounds; round++) {
        const afterMs = random.below(storyMs)
        const restarting = Bun.sleep(afterMs).then(async () => {
          const pid = await pidOf(name)
          if (pid) process.kill(pid, 'SIGTERM')
        })
        await runStory(world, `r${Date.now().toString(36)}`, (step) => {
          if (!step.ok) failed.push(`at ${afterMs} ms: ${step.step}: ${step.detail}`)
        })
        await restarting
      }
      for (const line of failed) say(`${name}: ${line}`)
      say(`${name}: ${rounds - failed.length} of ${rounds} stories without a failed request`)
      const ms = Date.now() - begun
      claims.push({
        claim: `SIGTERM to ${name}: failed stories`,
        value: failed.length,
        goal: 0,
        ok: failed.length === 0,
        seed,
        ms,
      })
    }
    return claims
  } finally {
    await stack.stop()
  }
}
