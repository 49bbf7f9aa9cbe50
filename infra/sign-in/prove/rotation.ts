import { rotateKeys } from '../../../services/auth/src/keys/rotate-keys.ts'
import { knownAfterMs } from '../../../services/auth/src/keys/signing-key.ts'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'
import { smallestGapMs } from '../rotation/door.ts'
import { createLoad, type Load } from '../rotation/load.ts'
import { openStand, type Stand, type Verifier } from '../rotation/stand.ts'

const rotations = 100
const outageMs = 180_000
const longestStepMs = 20_000
const coolDownMs = 10_000

/** Each replica directly and behind a cache that keeps the keys for as long as it may; every third sleeps most of the time. */
const openVerifiers = ({ openVerifier }: Stand): Verifier[] =>
  [0, 1, 0, 1, 0, 1].map((replica, i) => openVerifier(replica, i >= 2))

type Course = { stand: Stand; random: SeededRandom; load: Load; verifiers: Verifier[]; outages: number[] }

/** From one rotation to the moment when the next key may sign, in seeded steps. The direct ones are without `auth` for 3 minutes, perhaps over a rotation. */
const live = async ({ stand, random, load, verifiers, outages }: Course): Promise<void> => {
  outages.push(stand.now().getTime() + random.below(knownAfterMs))
  for (let since = 0; since < knownAfterMs; ) {
    const step = Math.min(1 + random.below(longestStepMs), knownAfterMs - since)
    stand.pass(step)
    since += step
    const time = stand.now().getTime()
    const isDown = outages.some((from) => time >= from && time < from + outageMs)
    for (const { door } of verifiers.slice(0, 2)) door.turn(isDown ? 'down' : 'open')
    await load.moment()
  }
}

/**
 * Rotations by the verb of `keys rotate`, each at the first moment that it allows, on a clock that is passed on by hand: two
 * replicas of auth sign, verifiers with keys over HTTP verify, strangers flood them with keys that nobody has.
 */
export const proveRotation: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const total = Math.max(2, Math.round(rotations * size))
  const stand = await openStand()
  try {
    const verifiers = openVerifiers(stand)
    const load = createLoad(stand, random, verifiers)
    const course: Course = { stand, random, load, verifiers, outages: [] }
    await load.moment()
    for (let done = 0; done < total; done++) {
      await live(course)
      await Promise.all([rotateKeys(stand.resources), load.moment()])
      // One that has just started, and knows only what a replica tells that has perhaps not seen the rotation.
      const cold = stand.openVerifier(done % 2)
      await Promise.all([cold.verify(await stand.mint(0)), cold.verify(await stand.mint(1))])
    }
    const { verified, failed, strangers, taken } = load.told
    const gap = Math.min(...verifiers.map(({ door }) => smallestGapMs(door)))
    const asked = verifiers.map(({ door }) => door.askedAt.length)
    for (const line of failed.slice(0, 20)) say(line)
    say(
      `${verified} verifications, ${strangers} unknown keys in ${Math.round((total * knownAfterMs) / 60_000)} min; asked ${asked.join(', ')} times`,
    )
    const claim = (name: string, value: number, goal: number | string, ok: boolean): Claim => {
      return { claim: `rotation: ${name}`, value, goal, ok, seed, ms: Date.now() - begun }
    }
    return [
      claim(
        `failed of ${verified} verifications over ${total} rotations`,
        failed.length,
        0,
        failed.length === 0,
      ),
      claim(`accepted of ${strangers} tokens of unknown keys`, taken, 0, taken === 0),
      claim('shortest time between two fetches of the keys (ms)', gap, `≥ ${coolDownMs}`, gap >= coolDownMs),
    ]
  } finally {
    await stand.close()
  }
}
