import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@kontora/embedded-postgres'
import { type Figure, median } from '../../stack/bench/figure.ts'
import { openBetterAuth } from './better-auth.ts'
import { openKontora } from './kontora.ts'
import type { Side } from './side.ts'

const people = Array.from({ length: 300 }, (_, i) => `person-${i}@example.com`)
const atOnce = 10
const rounds = 5
const warmUps = 2
const goal = 2

/** Sign-ins a second, with and without the next request. */
type Pace = { whole: number; signIn: number }

const paceOf = async (side: Side): Promise<Pace> => {
  const begun = performance.now()
  const shown = await side.signIn(people, atOnce)
  const signedIn = performance.now()
  await side.readSessions(shown, atOnce)
  const perSecond = (until: number) => (people.length * 1000) / (until - begun)
  return { whole: perSecond(performance.now()), signIn: perSecond(signedIn) }
}

type Round = { ours: Pace; theirs: Pace }

const runRound = async (ours: Side, theirs: Side, isOursFirst: boolean): Promise<Round> => {
  const first = isOursFirst ? await paceOf(ours) : undefined
  const theirPace = await paceOf(theirs)
  return { ours: first ?? (await paceOf(ours)), theirs: theirPace }
}

const figureOf = (taken: Round[]): Figure => {
  const ratiosOf = (of: keyof Pace) => taken.map(({ ours, theirs }) => ours[of] / theirs[of])
  const ratios = ratiosOf('whole').toSorted((a, b) => a - b)
  const ratio = Number(median(ratios).toFixed(2))
  const pace = (of: (round: Round) => number) => Math.round(median(taken.map(of)))
  const spread = `rounds ${ratios[0]?.toFixed(2)}–${ratios.at(-1)?.toFixed(2)}`
  const alone = `${median(ratiosOf('signIn')).toFixed(2)} without the next request`
  return {
    figure: 'sign-in',
    value: pace(({ ours }) => ours.whole),
    unit: 'a second',
    against: `better-auth's e-mail OTP (${pace(({ theirs }) => theirs.whole)} a second, ${spread}; ${alone})`,
    ratio,
    goal,
    ok: ratio >= goal,
  }
}

const openStand = async () => {
  const dir = mkdtempSync(join(tmpdir(), 'kontora-bench-'))
  const postgres = await startPostgres({ dir, durable: true })
  process.env.KONTORA_TEST_CLUSTER = postgres.url
  const ours = await openKontora()
  const theirs = await openBetterAuth(postgres.url)
  const close = async () => {
    await Promise.all([ours.close(), theirs.close()])
    // The figures after this one have their own.
    delete process.env.KONTORA_TEST_CLUSTER
    await postgres.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  return { ours, theirs, close }
}

/** Ask, verify, and the next request with the session, ten at once, on one durable Postgres; both in this process, in turns. */
export const benchSignIn = async (say: (line: string) => void): Promise<Figure[]> => {
  const { ours, theirs, close } = await openStand()
  const taken: Round[] = []
  try {
    for (let round = 1 - warmUps; round <= rounds; round++) {
      const one = await runRound(ours, theirs, round % 2 === 0)
      if (round > 0) taken.push(one)
      const told = `Kontora ${one.ours.whole.toFixed(0)}, better-auth ${one.theirs.whole.toFixed(0)} a second`
      say(`${round > 0 ? `round ${round}/${rounds}` : 'warm-up'}: ${told}`)
    }
  } finally {
    await close()
  }
  return [figureOf(taken)]
}
