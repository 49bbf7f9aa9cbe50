import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'
import { browser, from, openStand, type Stand } from '../guard/stand.ts'

const rounds = 100
const parallel = 1000
const mostCompared = 5
/** All pauses of a code pass while the guesses come in. */
const stepMs = 40
const million = 1_000_000

type Told = { openedByChance: number; openedAfter: number; sessions: number[]; unlike: string[] }

/** As many different codes, the right one among them, all at once and while the clock runs: whoever compares n of them opens n in 1 000 times. */
const guessWrongly = async (stand: Stand, random: SeededRandom, email: string, told: Told): Promise<void> => {
  const { code, ...flow } = await stand.mustAsk(email)
  const begin = (Number(code) + million - random.below(parallel)) % million
  const codes = Array.from({ length: parallel }, (_, i) => String((begin + i) % million).padStart(6, '0'))
  const answers = await Promise.all(
    random.shuffle(codes).map(async (each, i) => {
      const status = await stand.guess(flow, each, from(i))
      stand.pass(stepMs)
      return status
    }),
  )
  if (answers.includes(200)) {
    told.openedByChance++
    return
  }
  told.unlike.push(...answers.filter((status) => status !== 401 && status !== 429).map(String))
  await spendTheRest(stand, flow, codes.find((each) => each !== code) ?? '')
  for (let i = 0; i < 5; i++) {
    stand.pass(20_000)
    if ((await stand.guess(flow, code, from(i))) === 200) told.openedAfter++
  }
}

/** On a slow machine the clock outruns the guesses, and some of a code's tries are left when all have come in. */
const spendTheRest = async (stand: Stand, flow: { flowId: string; flowSecret: string }, wrong: string) => {
  for (let i = 0; i < mostCompared; i++) {
    if ((await stand.watch.triesOf(flow.flowId)) >= mostCompared) return
    stand.pass(20_000)
    await stand.guess(flow, wrong, from(i))
  }
}

/** The same right code from as many hands, some of them with another browser. */
const guessRightly = async (stand: Stand, email: string, userId: string, told: Told): Promise<void> => {
  const { code, ...flow } = await stand.mustAsk(email)
  const answers = await Promise.all(
    Array.from({ length: parallel }, (_, i) =>
      stand.post('/v1/sign-in', { ...flow, code }, { ...from(i), ...browser(`browser ${i % 3}`) }),
    ),
  )
  const opened = answers.filter(({ status }) => status === 200)
  const ids = await Promise.all(
    opened.map(async (answer) => ((await answer.json()) as { sessionId: string }).sessionId),
  )
  if (new Set(ids).size !== 1) told.unlike.push(`${new Set(ids).size} sessions told`)
  told.sessions.push(await stand.sessionsOf(userId))
}

/** Two instances on one database over HTTP. What was compared is counted by the database's own triggers, and by what opened. */
export const proveGuesses: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const total = Math.max(2, Math.round(rounds * size))
  const stand = await openStand()
  const told: Told = { openedByChance: 0, openedAfter: 0, sessions: [], unlike: [] }
  try {
    for (let round = 0; round < total; round++) {
      const [wrong, right] = [`wrong-${round}@example.com`, `right-${round}@example.com`]
      stand.world.invite(wrong)
      await guessWrongly(stand, random, wrong, told)
      if (round % 10 < 3) await guessRightly(stand, right, stand.world.invite(right).userId, told)
    }
    const mostTries = await stand.watch.mostTries()
    const byChance = (total * mostCompared) / parallel
    const mostByChance = Math.ceil(byChance + 4 * Math.sqrt(byChance))
    say(
      `${total} times ${parallel} guesses at a code: the right one among them opened ${told.openedByChance} times`,
    )
    for (const line of stand.world.lines.filter((one) => one.includes('request-failed')).slice(0, 3))
      say(line)
    if (told.unlike.length > 0) say(`other answers: ${[...new Set(told.unlike)].join(', ')}`)
    const claim = (name: string, value: number, goal: number | string, ok: boolean): Claim => {
      return { claim: `guesses: ${name}`, value, goal, ok, seed, ms: Date.now() - begun }
    }
    const most = Math.max(...told.sessions)
    return [
      claim(
        `most comparisons at a code of ${parallel} parallel wrong guesses, ${total} times`,
        mostTries,
        `≤ ${mostCompared}`,
        mostTries <= mostCompared,
      ),
      claim(
        `of ${total} right codes hidden among ${parallel} guesses were hit`,
        told.openedByChance,
        `≤ ${mostByChance}, ${byChance} expected of ${mostCompared} comparisons`,
        told.openedByChance <= mostByChance,
      ),
      claim('right codes taken after that', told.openedAfter, 0, told.openedAfter === 0),
      claim(
        `sessions of ${parallel} parallel right guesses, ${told.sessions.length} times`,
        most,
        1,
        told.sessions.every((count) => count === 1),
      ),
      claim('answers of another kind', told.unlike.length, 0, told.unlike.length === 0),
    ]
  } finally {
    await stand.close()
  }
}
