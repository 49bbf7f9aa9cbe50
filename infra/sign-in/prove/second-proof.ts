import { openWorld, type World } from '../../../services/auth/src/testing.node.ts'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'
import { type Doors, openDoors } from '../second-proof/doors.ts'
import { type Proof as Given, openPerson, type Person, type Tokens } from '../second-proof/person.ts'
import { knock, type Route, readRoutes } from '../second-proof/routes.ts'
import {
  type Holder,
  type WrongProof,
  wrongAssertions,
  wrongCodes,
  wrongLetters,
} from '../second-proof/wrong-proofs.ts'

const rounds = 20
const proofMs = 5 * 60_000

type Ledger = { refused: number; allowed: number; proofs: number; faults: string[] }
type Course = { world: World; doors: Doors; routes: Route[]; random: SeededRandom; ledger: Ledger }

const knockAll = async (
  { routes, random, ledger }: Course,
  token: string,
  wanted: 'allowed' | 'unproven',
  after: string,
): Promise<void> => {
  for (const route of random.shuffle(routes)) {
    const verdict = await knock(route, token)
    if (verdict !== wanted) ledger.faults.push(`${route.name} after ${after}: ${verdict}`)
    else ledger[wanted === 'allowed' ? 'allowed' : 'refused'] += 1
  }
}

const must = (tokens: Tokens | number): Tokens => {
  if (typeof tokens === 'number') throw new Error(`A right proof was refused: ${tokens}`)
  return tokens
}

/** Refused where it is given, and then at every sensitive route, by a token that is fresh but for the proof. */
const tryWrong = async (
  course: Course,
  person: Person,
  session: Tokens,
  { name, make }: WrongProof,
): Promise<Tokens> => {
  const proof = await make()
  if (proof) {
    const answer = await person.prove(session.accessToken, proof)
    course.ledger.proofs += 1
    if (typeof answer !== 'number') course.ledger.faults.push(`${name}: tokens were given`)
    else if (answer !== 401 && answer !== 409) course.ledger.faults.push(`${name}: status ${answer}`)
  }
  const next = await person.refresh(session.refreshToken)
  await knockAll(course, next.accessToken, 'unproven', name)
  return next
}

const openHolder = async ({ world, doors, random }: Course, name: string): Promise<Holder> => {
  const person = await openPerson(world, `${name}-${crypto.randomUUID()}@example.com`)
  await doors.allowAll(person.userId)
  const token = person.first.accessToken
  const proven = must(await person.prove(token, await person.askCode(token)))
  const early = await person.askCode(proven.accessToken)
  const passkey = await person.addPasskey(proven.accessToken, random.below(2) === 0 ? 'ES256' : 'EdDSA')
  const codes = await person.makeRecoveryCodes(proven.accessToken)
  const used = await person.assert(proven.accessToken, passkey)
  must(await person.prove(proven.accessToken, used))
  const session = must(await person.prove(proven.accessToken, { way: 'recovery-code', code: codes[0] }))
  return { person, passkey, session, early, used, codes }
}

/** With a passkey: every wrong proof, then the right one, then the same when it has grown old. */
const tryPasskeys = async (course: Course): Promise<void> => {
  const { doors, random } = course
  const [one, other] = [await openHolder(course, 'one'), await openHolder(course, 'other')]
  await doors.pass(proofMs + 1000)
  for (const holder of [one, other]) holder.session = await holder.person.refresh(holder.session.refreshToken)
  for (const wrong of random.shuffle([...wrongAssertions(one, other), ...wrongCodes(one, other)]))
    one.session = await tryWrong(course, one.person, one.session, wrong)
  // Before the passkey: among what it opens is the making of other recovery codes.
  await endFresh(course, one.person, one.session, { way: 'recovery-code', code: one.codes[2] })
  await doors.pass(1000)
  const session = await one.person.signedIn()
  const proof = await one.person.assert(session.accessToken, one.passkey)
  await endFresh(course, one.person, session, proof)
}

/** Fresh to the last moment of its 5 minutes; then refused everywhere, also under new tokens and given again. */
const endFresh = async (course: Course, person: Person, session: Tokens, proof: Given): Promise<void> => {
  const { doors, random } = course
  const proven = must(await person.prove(session.accessToken, proof))
  await knockAll(course, proven.accessToken, 'allowed', 'a fresh proof')
  await doors.pass(random.below(proofMs - 1000))
  const later = await person.refresh(proven.refreshToken)
  await knockAll(course, later.accessToken, 'allowed', 'a proof of less than 5 minutes')
  await doors.pass(proofMs)
  const old = await person.refresh(later.refreshToken)
  await knockAll(course, old.accessToken, 'unproven', 'an old proof')
  await tryWrong(course, person, old, { name: 'the same proof again', make: async () => proof })
}

const tryLetters = async (course: Course): Promise<void> => {
  const { world, doors, random } = course
  const person = await openPerson(world, `letters-${crypto.randomUUID()}@example.com`)
  const other = await openPerson(world, `others-${crypto.randomUUID()}@example.com`)
  await doors.allowAll(person.userId)
  let session: Tokens = person.first
  const signInCode = async () => ({ way: 'code', ...(await world.askFor(person.email)) })
  for (const wrong of random.shuffle(wrongLetters(person, session, other, signInCode))) {
    session = await tryWrong(course, person, session, wrong)
    // Between two codes one waits.
    await doors.pass(60_000)
    session = await person.refresh(session.refreshToken)
  }
  await endFresh(course, person, session, await person.askCode(session.accessToken))
}

/** Every sensitive route of every service, by its documents, × every proof that is missing, old, foreign, replayed or bent. */
export const proveSecondProof: Proof = async ({ seed, size, say }) => {
  const begun = performance.now()
  const world = await openWorld()
  const doors = await openDoors(world)
  try {
    const routes = (await readRoutes(doors)).filter(({ isSensitive }) => isSensitive)
    const ledger: Ledger = { refused: 0, allowed: 0, proofs: 0, faults: [] }
    const course = { world, doors, routes, random: seededRandom(seed), ledger }
    for (let round = 0; round < Math.max(1, Math.round(rounds * size)); round++) {
      await doors.pass(24 * 60 * 60_000)
      await tryPasskeys(course)
      await tryLetters(course)
      say(
        `round ${round + 1}: ${ledger.refused} refused, ${ledger.allowed} allowed, ${ledger.proofs} wrong proofs`,
      )
    }
    return claimsOf(ledger, routes, { seed, ms: Math.round(performance.now() - begun) })
  } finally {
    await doors.close()
  }
}

const claimsOf = (ledger: Ledger, routes: Route[], run: { seed: number; ms: number }): Claim[] => {
  const { refused, allowed, proofs, faults } = ledger
  const counts = Object.entries(Object.groupBy(routes, ({ door }) => door.service))
  const found = counts.map(([service, of]) => `${service} ${of?.length ?? 0}`).join(', ')
  const isThere = ['payment', 'client', 'auth'].every((service) => counts.some(([name]) => name === service))
  const told = [...new Set(faults)].slice(0, 10).join('; ')
  const claim = (name: string, value: string, goal: string, ok: boolean): Claim => {
    return { claim: `second-proof: ${name}`, value, goal, ok, ...run }
  }
  return [
    claim('sensitive routes, by the documents', found, 'refunds, grants, keys', isThere),
    claim(
      'no route is open without a fresh proof, and every one with it',
      told || `${refused} refused, ${allowed} allowed`,
      'nothing else',
      faults.length === 0 && refused > 0 && allowed > 0,
    ),
    claim(
      'no wrong proof is taken',
      told || `${proofs} refused`,
      'nothing else',
      faults.length === 0 && proofs > 0,
    ),
  ]
}
