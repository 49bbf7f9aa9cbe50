import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { countTold, countWritten, faultsOfAnswer, faultsOfWriting, secretsOf } from '../sber/audit.ts'
import { logIn } from '../sber/browser.ts'
import { type Case, cases, slowCases } from '../sber/cases.ts'
import { type Auth, openStand, type Setup, type Stand } from '../sber/stand.ts'

const rounds = 10
const setups: Setup[] = ['none', 'RS256', 'tls', 'no-certificate', 'strange-certificate', 'strange-authority']

type Ledger = { refused: number; borne: number; pages: string[]; written: string[]; told: string[] }

/** Anna and Boris have joined their Сбер ID long ago; Vera has too, and gives the bank no e-mail. */
const prepare = async ({ sql, control }: Stand): Promise<void> => {
  const { people } = await control<{ people: { id: string; sub: string }[] }>('GET', '/_sim/people')
  for (const { sub } of people)
    await sql`
      insert into identities (provider, subject, user_id, linked_at)
      values ('sber-id', ${sub}, ${crypto.randomUUID()}, ${new Date()})`
  const [anna, boris] = people
  await control('POST', '/_sim/people', { id: 'anna-renamed', sub: 'renamed', sub_alt: [anna?.sub] })
  await control('POST', '/_sim/people', { id: 'anna-and-boris', sub: anna?.sub, sub_alt: [boris?.sub] })
}

const tryOne = async (stand: Stand, auth: Auth, one: Case, lang: 'ru' | 'en', ledger: Ledger) => {
  await stand.control('PUT', '/_sim/settings', one.settings ?? {})
  if (one.fault) await stand.control('POST', '/_sim/faults', { faults: [one.fault] })
  const before = await countWritten(auth)
  const backs = await logIn(stand, auth, one, lang)
  for (const back of backs) ledger.pages.push(...faultsOfAnswer(one, lang, back))
  ledger.written.push(...faultsOfWriting(one, before, await countWritten(auth)))
  await stand.control('DELETE', '/_sim/faults')
  if (one.answer === 200) ledger.borne += backs.length
  else ledger.refused += backs.length
}

/** Each sign-in that stands is told to the bank once, and none that was refused. */
const untilTold = async (stand: Stand): Promise<{ told: number; signedIn: number }> => {
  const end = Date.now() + 20_000
  for (;;) {
    const told = await countTold(stand)
    const { sessions = 0 } = await countWritten(stand)
    const [left] = await stand.sql<{ n: number }[]>`select count(*)::int as n from sber_completions`
    if ((told >= sessions && left?.n === 0) || Date.now() > end) return { told, signedIn: sessions }
    await Bun.sleep(100)
  }
}

/** By any of them: the notice is a job, which whoever is free takes. */
const untilSaid = async ({ running }: Stand, word: RegExp): Promise<boolean> => {
  for (const end = Date.now() + 30_000; Date.now() < end; await Bun.sleep(200))
    if (running.some(({ lines }) => word.test(lines()))) return true
  return false
}

/** Answers that come too late, and a bank that will not hear of a sign-in that stands. */
const tryPatience = async (stand: Stand, auth: Auth, ledger: Ledger): Promise<string[]> => {
  for (const one of slowCases) await tryOne(stand, auth, one, 'ru', ledger)
  const deaf = { name: 'completed is refused', setup: 'none' as const, answer: 200 as const }
  await tryOne(
    stand,
    auth,
    { ...deaf, settings: { refuses: { call: 'completed', status: 500 } } },
    'ru',
    ledger,
  )
  const isSaid = await untilSaid(stand, /"error","service":"auth","event":"sber-id-not-told"/)
  return isSaid ? [] : ['a notice that failed for good was not told']
}

const tryAll = async (
  stand: Stand,
  auths: Map<Setup, Auth>,
  ledger: Ledger,
  { seed, size, say }: Parameters<Proof>[0],
) => {
  const random = seededRandom(seed)
  for (let round = 0; round < Math.max(1, Math.round(rounds * size)); round++) {
    for (const one of random.shuffle(cases)) {
      const auth = auths.get(one.setup)
      if (auth) await tryOne(stand, auth, one, random.below(2) === 0 ? 'ru' : 'en', ledger)
    }
    say(`round ${round + 1}: ${ledger.refused} refused, ${ledger.borne} signed in`)
  }
  await stand.control('PUT', '/_sim/settings', {})
}

/** Every way in which the reference has Сбер ID misbehave, against `auth` as processes, over mutual TLS. */
export const proveSber: Proof = async (options) => {
  const begun = performance.now()
  const stand = await openStand()
  const ledger: Ledger = { refused: 0, borne: 0, pages: [], written: [], told: [] }
  try {
    await prepare(stand)
    const auths = new Map<Setup, Auth>()
    for (const setup of setups) auths.set(setup, await stand.start(setup))
    await tryAll(stand, auths, ledger, options)
    const { told, signedIn } = await untilTold(stand)
    if (told !== signedIn) ledger.told.push(`${told} told of ${signedIn} sign-ins`)
    const first = auths.get('none')
    if (options.size >= 1 && first) ledger.told.push(...(await tryPatience(stand, first, ledger)))
    const said = stand.running.map(({ lines }) => lines()).join('\n')
    const leaked = secretsOf(stand).filter((secret) => said.includes(secret))
    const ms = Math.round(performance.now() - begun)
    return claimsOf(ledger, leaked.length, { seed: options.seed, ms })
  } finally {
    await stand.stop()
  }
}

const claimsOf = (ledger: Ledger, leaked: number, run: { seed: number; ms: number }): Claim[] => {
  const claim = (name: string, faults: string[], good: string): Claim => ({
    claim: `sber: ${name}`,
    value: faults.length === 0 ? good : [...new Set(faults)].slice(0, 10).join('; '),
    goal: good,
    ok: faults.length === 0,
    ...run,
  })
  const { refused, borne, pages, written, told } = ledger
  return [
    claim('each misbehaviour is refused with a clear page', pages, `${refused} refused, ${borne} signed in`),
    claim('a refusal writes nothing', written, 'nothing wrong'),
    claim('each sign-in that stands is told to the bank, no other', told, 'nothing wrong'),
    claim('no secret in the log', leaked === 0 ? [] : [`${leaked} secrets`], 'nothing wrong'),
  ]
}
