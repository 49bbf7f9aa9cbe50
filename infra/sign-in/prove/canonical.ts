import { jwtVerify } from 'jose'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'
import {
  drawParts,
  encodesBack,
  issuer,
  makeSigner,
  now,
  openVerifier,
  type Signer,
  tokenOf,
} from '../canonical/issuer.ts'
import { drawMutant, type Mutant } from '../canonical/mutate.ts'
import { signedByOthers } from '../canonical/signed-by-others.ts'
import { signedNonsense, signedWrongly } from '../canonical/signed-wrongly.ts'
import { writtenOtherwise } from '../canonical/written-otherwise.ts'

const mutations = 100_000
/** Classes are drawn for tokens of each length that their segments can have. */
const bases = 12
const atOnce = 64
const perIssue = 100

type Verifier = ReturnType<typeof openVerifier>
type Told = { wrong: string[]; accepted: number; refused: number; changed: number }

const judge = (told: Told, { token, may, how }: Mutant, verdict: string, issued: Set<string>): void => {
  const expected = may || issued.has(token) ? 'accepted' : 'refused'
  if (verdict !== expected) told.wrong.push(`${how}: ${verdict}: ${token.slice(0, 400)}`)
  if (verdict === 'accepted') {
    told.accepted++
    if (!encodesBack(token)) told.changed++
  } else told.refused++
}

const emptyTold = (): Told => ({ wrong: [], accepted: 0, refused: 0, changed: 0 })

/** A stranger's place for keys, which nobody may ask. */
const openTrap = () => {
  let visits = 0
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () => {
      visits++
      return Response.json({ keys: [] })
    },
  })
  return { url: server.url.href, visits: () => visits, close: () => server.stop(true) }
}

const bareAccepts = async (tokens: string[], { key }: Verifier): Promise<number> => {
  const options = { algorithms: ['EdDSA', 'Ed25519'], typ: 'at+jwt', issuer, audience: ['portal', 'payment'] }
  const verdicts = tokens.map((token) =>
    jwtVerify(token, key, {
      ...options,
      currentDate: now(),
      requiredClaims: ['sub', 'exp', 'iat', 'client_id'],
    }).then(
      () => true,
      () => false,
    ),
  )
  return (await Promise.all(verdicts)).filter(Boolean).length
}

/** Each class by a verifier that knows nothing, and by one that has just accepted the right token beside it. */
const proveClasses = async (
  random: SeededRandom,
  signer: Signer,
  verifier: Verifier,
  say: (line: string) => void,
) => {
  const told = emptyTold()
  const trap = openTrap()
  const all: string[] = []
  for (let base = 0; base < bases; base++) {
    const parts = drawParts(random)
    const right = tokenOf(signer, parts)
    const wrong = [
      ...signedByOthers(signer, parts, drawParts(random), trap.url),
      ...writtenOtherwise(signer, parts),
      ...signedWrongly(signer, parts),
      ...signedNonsense(signer, parts),
    ]
    const knowing = verifier.fresh()
    judge(told, { token: right, may: true, how: 'right' }, await knowing(right), new Set())
    for (const [how, token] of wrong)
      for (const ask of [verifier.fresh(), knowing])
        judge(told, { token, may: false, how }, await ask(token), new Set())
    all.push(...wrong.map(([, token]) => token))
  }
  trap.close()
  if (trap.visits() > 0) told.wrong.push(`a stranger was asked for keys ${trap.visits()} times`)
  say(
    `${all.length} tokens of known classes of attack; of these bare jose accepts ${await bareAccepts(all, verifier)}`,
  )
  return { told, tokens: all.length }
}

const proveMutations = async (random: SeededRandom, signer: Signer, verifier: Verifier, total: number) => {
  const told = emptyTold()
  const issued = new Set<string>()
  const ask = verifier.fresh()
  let course = { random, signer, parts: drawParts(random), token: '', other: '' }
  for (let done = 0; done < total; done += atOnce) {
    if (done % perIssue < atOnce) {
      const parts = drawParts(random)
      const [token, other] = [tokenOf(signer, parts), tokenOf(signer, drawParts(random))]
      course = { random, signer, parts, token, other }
      for (const one of [token, other]) issued.add(one)
      await ask(token)
    }
    const mutants = Array.from({ length: Math.min(atOnce, total - done) }, () => drawMutant(course))
    const verdicts = await Promise.all(mutants.map(({ token }) => ask(token)))
    for (const [i, mutant] of mutants.entries()) judge(told, mutant, verdicts[i] ?? '', issued)
  }
  return told
}

/**
 * Wycheproof's and RFC 7520's vectors come with no package of ours, and RFC 7520 is older than Ed25519 in JOSE: the same classes
 * are generated for our keys and claims, and beside them seeded mutations. Right is what our key has signed in our spelling.
 */
export const proveCanonical: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const signer = makeSigner(random)
  const verifier = openVerifier(signer)
  const total = Math.max(500, Math.round(mutations * size))
  try {
    const classes = await proveClasses(random, signer, verifier, say)
    const mutated = await proveMutations(random, signer, verifier, total)
    for (const line of [...classes.told.wrong, ...mutated.wrong].slice(0, 20)) say(line)
    say(`of ${total} mutations ${mutated.accepted} were accepted, ${mutated.refused} refused`)
    const claim = (name: string, value: number): Claim => {
      return { claim: `canonical: ${name}`, value, goal: 0, ok: value === 0, seed, ms: Date.now() - begun }
    }
    return [
      claim(
        `wrong among ${classes.tokens} tokens of Wycheproof's and RFC 7520's classes (generated: the published vectors come with no package)`,
        classes.told.wrong.length,
      ),
      claim(`wrong among ${total} mutations`, mutated.wrong.length),
      claim('accepted tokens that encode back to other bytes', classes.told.changed + mutated.changed),
    ]
  } finally {
    verifier.close()
  }
}
