import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { flood } from '../guard/flood.ts'
import { from, openStand, type Stand } from '../guard/stand.ts'

const guesses = 10_000
const minute = 60_000
/** How many codes strangers have asked for before the owner asks for his. */
const before = [0, 1, 2]
/** The owner's network is none of theirs. */
const ownersAddress = 1_000_000

type Round = { asked: number; compared: number; status: number; late: number }

const askBefore = async (stand: Stand, email: string, times: number): Promise<void> => {
  for (let i = 0; i < times; i++) {
    await stand.mustAsk(email, from(i))
    stand.pass(minute)
  }
}

/** Nine minutes of strangers, and then the owner's code, a minute before its end. */
export const proveBurn: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const total = Math.max(100, Math.round(guesses * size))
  const stand = await openStand()
  // As many as a service really grants, so that strangers may spend what all have together.
  for (const { rates } of stand.replicas) {
    rates.codes.all = { limit: 20_000, windowMs: 60 * minute }
    rates.guesses.all = { limit: Math.min(5000, Math.ceil(total / 2)), windowMs: 60 * minute }
  }
  const rounds: Round[] = []
  try {
    for (const times of before) {
      const email = `owner-${times}@example.com`
      stand.world.invite(email)
      await askBefore(stand, email, times)
      const { code, ...owned } = await stand.mustAsk(email, from(ownersAddress))
      const asked = await flood({ stand, random, email, owned, guesses: total, overMs: 9 * minute })
      const compared = (await stand.watch.paid()).filter(({ flowId }) => flowId !== owned.flowId).length
      const status = await stand.guess(owned, code, from(ownersAddress))
      const late = await stand.guess(owned, code, from(ownersAddress + 1))
      rounds.push({ asked, compared, status, late })
      say(
        `asked ${times} before: ${asked} foreign codes, ${compared} foreign guesses paid so far, the owner ${status}`,
      )
      stand.pass(30 * minute)
    }
    const failed = rounds.filter(({ status }) => status !== 200).length
    const idle = rounds.filter(({ asked }) => asked === 0).length
    const claim = (name: string, value: number): Claim => {
      return { claim: `burn: ${name}`, value, goal: 0, ok: value === 0, seed, ms: Date.now() - begun }
    }
    return [
      claim(
        `owners whose code no longer worked, of ${rounds.length}, after ${total} foreign guesses each`,
        failed,
      ),
      claim('rounds in which strangers were sent no code of their own', idle),
    ]
  } finally {
    await stand.close()
  }
}
