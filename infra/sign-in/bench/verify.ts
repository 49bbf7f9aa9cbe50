import { createTokenVerifier } from '@kontora/service'
import { jwtVerify } from 'jose'
import { type Figure, median } from '../../stack/bench/figure.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import {
  drawParts,
  issuer,
  makeSigner,
  now,
  openVerifier,
  type Signer,
  tokenOf,
} from '../canonical/issuer.ts'

const tokensInTurn = 500
const turns = 10
const rounds = 5
const warmUps = 2
const goal = 1.5

type Side = (token: string) => Promise<unknown>
type Round = { ours: number; bare: number }

const audience = ['portal', 'payment']

/** Microseconds a token. One after the other, as a request waits for its own. */
const timed = async (verify: Side, tokens: string[]): Promise<number> => {
  const begun = performance.now()
  for (const token of tokens) await verify(token)
  return ((performance.now() - begun) * 1000) / tokens.length
}

/** No token is verified twice by either side. */
const runRound = async (bare: Side, ours: () => Side, draw: () => string[]): Promise<Round> => {
  const taken: Round[] = []
  for (let turn = 0; turn < turns; turn++) {
    const tokens = draw()
    const fresh = ours()
    const first = turn % 2 === 0 ? await timed(bare, tokens) : undefined
    const oursTook = await timed(fresh, tokens)
    taken.push({ ours: oursTook, bare: first ?? (await timed(bare, tokens)) })
  }
  const mean = (of: (round: Round) => number) => taken.reduce((sum, one) => sum + of(one), 0) / turns
  return { ours: mean(({ ours }) => ours), bare: mean(({ bare }) => bare) }
}

const drawTokens = (random: ReturnType<typeof seededRandom>, signer: Signer) => (): string[] =>
  Array.from({ length: tokensInTurn }, () => tokenOf(signer, drawParts(random)))

const figureOf = (taken: Round[]): Figure => {
  const ratios = taken.map(({ ours, bare }) => ours / bare).toSorted((a, b) => a - b)
  const ratio = Number(median(ratios).toFixed(2))
  const micros = (of: (round: Round) => number) => Number(median(taken.map(of)).toFixed(1))
  const spread = `${ratios[0]?.toFixed(2)}–${ratios.at(-1)?.toFixed(2)}`
  return {
    figure: 'verify',
    value: micros(({ ours }) => ours),
    unit: 'µs a token',
    against: `bare jose.jwtVerify (${micros(({ bare }) => bare)} µs, rounds ${spread})`,
    ratio,
    goal,
    ok: ratio <= goal,
  }
}

/** Distinct tokens that our verifier has never seen, against `jose.jwtVerify` with the same key and the same expectations. */
export const benchVerify = async (say: (line: string) => void): Promise<Figure[]> => {
  const random = seededRandom(1)
  const signer = makeSigner(random)
  const { key, close } = openVerifier(signer)
  const bare: Side = (token) =>
    jwtVerify(token, key, {
      ...{ algorithms: ['EdDSA', 'Ed25519'], typ: 'at+jwt', issuer, audience, currentDate: now() },
      requiredClaims: ['sub', 'exp', 'iat', 'client_id'],
    })
  const ours = (): Side => createTokenVerifier({ issuer, audience, key, now })
  const taken: Round[] = []
  try {
    for (let round = 1 - warmUps; round <= rounds; round++) {
      const one = await runRound(bare, ours, drawTokens(random, signer))
      if (round > 0) taken.push(one)
      say(
        `${round > 0 ? `round ${round}/${rounds}` : 'warm-up'}: ours ${one.ours.toFixed(1)} µs, bare jose ${one.bare.toFixed(1)} µs`,
      )
    }
  } finally {
    close()
  }
  return [figureOf(taken)]
}
