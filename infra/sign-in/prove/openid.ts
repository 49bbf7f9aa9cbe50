import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { countWritten, faultsOfAnswer, faultsOfWriting, leaksOf } from '../openid/audit.ts'
import { type Case, cases } from '../openid/cases.ts'
import { faultsOfLinking } from '../openid/linking.ts'
import { logInAs } from '../openid/log-in.ts'
import { faultsOfOutages } from '../openid/outages.ts'
import { openStand, type ProviderName, type Stand } from '../openid/stand.ts'

const rounds = 10
const names: ProviderName[] = ['company', 'partner']

type Ledger = { refused: number; borne: number; pages: string[]; written: string[] }

/** Whose page it is: of the provider to whose callback the browser was led. */
const pageOf = (name: ProviderName, { way }: Case): ProviderName => {
  const isElsewhere = way === 'to-the-other-provider' || way === 'from-the-other-provider'
  return names.find((other) => (other === name) !== isElsewhere) ?? name
}

const tryOne = async (stand: Stand, name: ProviderName, one: Case, lang: 'ru' | 'en', ledger: Ledger) => {
  const before = await countWritten(stand)
  for (const answer of await logInAs(stand, name, one, lang)) {
    ledger.pages.push(...(await faultsOfAnswer(one, lang, pageOf(name, one), answer)))
    if (one.answer === 200) ledger.borne++
    else ledger.refused++
  }
  ledger.written.push(...faultsOfWriting(one, before, await countWritten(stand)))
}

const tryAll = async (stand: Stand, ledger: Ledger, { seed, size, say }: Parameters<Proof>[0]) => {
  const random = seededRandom(seed)
  for (let round = 0; round < Math.max(1, Math.round(rounds * size)); round++) {
    for (const one of random.shuffle(cases)) {
      const name = names[random.below(2)] ?? 'company'
      await tryOne(stand, name, one, random.below(2) === 0 ? 'ru' : 'en', ledger)
    }
    say(`round ${round + 1}: ${ledger.refused} refused, ${ledger.borne} signed in`)
  }
}

/** Two `oidc-provider`s of npm over HTTP, and each way in which one of them, or what is between it and us, can be wrong. */
export const proveOpenid: Proof = async (options) => {
  const begun = performance.now()
  const stand = await openStand()
  const ledger: Ledger = { refused: 0, borne: 0, pages: [], written: [] }
  try {
    const linking = await faultsOfLinking(stand)
    await tryAll(stand, ledger, options)
    const outages = await faultsOfOutages(stand)
    const leaks = await leaksOf(stand, stand.secrets())
    const ms = Math.round(performance.now() - begun)
    return claimsOf(ledger, { linking, outages, leaks }, { seed: options.seed, ms })
  } finally {
    await stand.close()
  }
}

type Faults = { linking: string[]; outages: string[]; leaks: string[] }

const claimsOf = (
  { refused, borne, pages, written }: Ledger,
  { linking, outages, leaks }: Faults,
  run: { seed: number; ms: number },
): Claim[] => {
  const claim = (name: string, faults: string[], good: string): Claim => ({
    claim: `openid: ${name}`,
    value: faults.length === 0 ? good : [...new Set(faults)].slice(0, 10).join('; '),
    goal: good,
    ok: faults.length === 0,
    ...run,
  })
  return [
    claim('a person is joined by a fresh code alone, signs in, and is unlinked', linking, 'nothing wrong'),
    claim('each misbehaviour is refused with a clear page', pages, `${refused} refused, ${borne} signed in`),
    claim('a refusal writes nothing, and no code goes to whom it is not from', written, 'nothing wrong'),
    claim('outages and new keys cost only the sign-ins that meet them', outages, 'nothing wrong'),
    claim('no secret in the log or in a table', leaks, 'nothing wrong'),
  ]
}
