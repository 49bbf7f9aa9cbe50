import { openWorld, type World } from '../../../services/auth/src/testing.node.ts'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'
import { findEndpoints } from '../guard/endpoints.ts'
import { type StandingName, standings } from '../guard/standing.ts'
import { type Attempt, type Person, type Way, ways } from '../guard/ways.ts'

const rounds = 20

const givesToken = async (answer: Response): Promise<boolean> => {
  const text = await answer.text()
  const cookies = answer.headers.getSetCookie().join()
  return /eyJ|accessToken|access_token|refreshToken|refresh_token/.test(`${text} ${cookies}`)
}

type Cell = { way: string; standing: string; when: string; gaveToken: boolean }
type Course = { world: World; name: string; way: Way; person: () => Person }

/** Whoever may sign in does, or the rest would prove nothing. */
const tryAllowed = async ({ world, name, way, person }: Course): Promise<Cell> => {
  const { take } = await way.begin(world, person())
  return { way: name, standing: 'allowed', when: '', gaveToken: await givesToken(await take()) }
}

const tryUnproven = async ({ world, name, way, person }: Course): Promise<Cell> => {
  const { take } = await way.unproven(world, person())
  return { way: name, standing: 'unverified', when: '', gaveToken: await givesToken(await take()) }
}

/** It comes about between the way's last step and those before it, or before them all. */
const tryStanding = async (
  course: Course,
  standing: StandingName,
  when: 'amid' | 'before',
): Promise<Cell> => {
  const { world, name, way, person } = course
  const one = person()
  const change = (attempt?: Attempt) => standings[standing](world, one, attempt)
  if (when === 'before') await change()
  const attempt = await way.begin(world, one)
  if (when === 'amid') await change(attempt)
  return { way: name, standing, when, gaveToken: await givesToken(await attempt.take()) }
}

const drawPersons = (world: World, random: SeededRandom) => (): Person => {
  const email = `person-${random.below(2 ** 31)}@example.com`
  return { email, userId: world.invite(email).userId }
}

const momentsOf = ({ name, way }: Course, standing: StandingName): ('amid' | 'before')[] => {
  if (standing === 'locked' && way.locked !== 'ends') return [way.locked === 'open amid' ? 'amid' : 'before']
  // A machine's only step is its last: by coming again it would be put on the list.
  return name.endsWith('client_credentials') ? ['amid'] : ['amid', 'before']
}

const tryAll = async (course: Course): Promise<Cell[]> => {
  const cells = [await tryAllowed(course), await tryUnproven(course)]
  for (const standing of Object.keys(standings) as StandingName[])
    for (const when of momentsOf(course, standing)) cells.push(await tryStanding(course, standing, when))
  return cells
}

const mayGive = ({ way, standing }: Cell): boolean =>
  standing === 'allowed' || (standing === 'locked' && ways[way]?.locked !== 'ends')

/** The endpoints and grants are read from what the service says of itself: one that is not known here fails the proof. */
export const proveOneGuard: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const world = await openWorld()
  try {
    const { giving, unknown } = await findEndpoints(world)
    const untried = [...giving.filter((name) => !ways[name]), ...unknown]
    const cells: Cell[] = []
    for (let round = 0; round < Math.max(1, Math.round(rounds * size)); round++)
      for (const name of random.shuffle(giving)) {
        const way = ways[name]
        if (way) cells.push(...(await tryAll({ world, name, way, person: drawPersons(world, random) })))
      }
    const wrong = cells.filter((cell) => cell.gaveToken && !mayGive(cell))
    const shut = cells.filter((cell) => !cell.gaveToken && mayGive(cell))
    for (const name of untried) say(`not tried: ${name}`)
    for (const { way, standing, when } of [...wrong, ...shut].slice(0, 20))
      say(`wrong: ${way}, ${standing} ${when}`)
    say(`${giving.length} ways to a token: ${giving.join(', ')}`)
    const claim = (name: string, value: number): Claim => {
      return { claim: `one-guard: ${name}`, value, goal: 0, ok: value === 0, seed, ms: Date.now() - begun }
    }
    const refused = cells.filter((cell) => !mayGive(cell)).length
    return [
      claim(`tokens in ${refused} tries of the blocked, locked, deleted and unverified`, wrong.length),
      claim(
        `refused of ${cells.length - refused} tries of those who may, or of whom strangers only guess`,
        shut.length,
      ),
      claim('ways to a token that are not tried', untried.length),
    ]
  } finally {
    await world.close()
  }
}
