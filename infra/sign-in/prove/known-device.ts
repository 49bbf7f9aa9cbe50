import { join } from 'node:path'
import { endsWithUs } from '../../stack/parts/launch.ts'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { createOwner } from '../guard/known-owner.ts'
import { openWholeStack } from '../guard/whole-stack.ts'

const signIns = 40
const goalMs = 2000
const hands = 12
const email = 'owner@example.org'
/** Strangers need a minute of it to spend what the account has: two codes, and the pauses between guesses. */
const attackMs = 150_000

type Counts = Record<'asked' | 'guesses' | 'compared' | 'tooMany' | 'other' | 'opened', number>

const letLoose = (url: string) => {
  const script = join(import.meta.dir, '../guard/strangers.ts')
  const child = Bun.spawn([...endsWithUs(), process.execPath, script, url, email, String(hands)], {
    stderr: 'inherit',
  })
  let last: Counts = { asked: 0, guesses: 0, compared: 0, tooMany: 0, other: 0, opened: 0 }
  const hear = async () => {
    const decoder = new TextDecoder()
    for await (const chunk of child.stdout) {
      const line = decoder.decode(chunk).trim().split('\n').at(-1)
      if (line) last = JSON.parse(line) as Counts
    }
  }
  const heard = hear().catch(() => {})
  const stop = async () => {
    child.kill()
    await child.exited
    await heard
  }
  return { counts: () => last, stop }
}

/**
 * The whole stack in real time: strangers from 10 000 addresses at a second instance of `auth`, which they do not leave alone,
 * and the owner at the first. Each time he asks, waits for the letter and types its code.
 */
export const proveKnownDevice: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const total = Math.max(4, Math.round(signIns * size))
  const stack = await openWholeStack()
  const endings: (() => Promise<void>)[] = []
  try {
    const owner = createOwner(stack, email)
    const first = await owner.signIn()
    if (first.fault) throw new Error(`The first sign-in does not work: ${first.fault}`)
    const second = await stack.runSecond()
    endings.push(second.stop)
    const strangers = letLoose(second.url)
    endings.unshift(strangers.stop)
    const times: number[] = []
    const faults: string[] = []
    const attackBegun = Date.now()
    for (let i = 0; i < total; i++) {
      const due = attackBegun + (i / total) * attackMs * size
      await Bun.sleep(Math.max(random.below(500), due - Date.now()))
      const { ms, fault } = await owner.signIn()
      times.push(Math.round(ms))
      if (fault) faults.push(fault)
    }
    const seconds = (Date.now() - attackBegun) / 1000
    const { asked, guesses, compared, tooMany, other, opened } = strangers.counts()
    const sorted = times.toSorted((a, b) => a - b)
    const slowest = sorted.at(-1) ?? 0
    say(
      `${Math.round((asked + guesses) / seconds)} requests/s of strangers for ${Math.round(seconds)} s: ${asked} askings, ${guesses} guesses, ${compared} compared, ${tooMany} refused, ${other} other`,
    )
    say(
      `the owner: median ${sorted[Math.floor(sorted.length / 2)]} ms, slowest ${slowest} ms; before the attack ${Math.round(first.ms)} ms`,
    )
    for (const fault of faults) say(`the owner was refused at ${fault}`)
    const claim = (name: string, value: number, most: number): Claim => ({
      ...{ claim: `known-device: ${name}`, value, goal: `≤ ${most}` },
      ...{ ok: value <= most, seed, ms: Date.now() - begun },
    })
    return [
      claim(`refused of ${total} sign-ins of the known device under attack`, faults.length, 0),
      { ...claim('slowest of them, asking, letter and guess (ms)', slowest, goalMs), timed: true },
      claim(`comparisons that ${asked + guesses} requests of strangers got`, compared, 10),
      claim('sign-ins of strangers', opened, 0),
    ]
  } finally {
    for (const end of endings) await end()
    await stack.stop()
  }
}
