import type { SeededRandom } from '../../stack/prove/random.ts'
import { twinsOf } from './ed25519.ts'
import { encode, type Parts, type Signer, tokenOf } from './issuer.ts'
import { signedWrongly } from './signed-wrongly.ts'
import { doubled, respelled, spareBits } from './written-otherwise.ts'

/** `may`: it is right to accept it, because our key has signed it in our spelling. */
export type Mutant = { token: string; may: boolean; how: string }

type Course = { random: SeededRandom; signer: Signer; parts: Parts; token: string; other: string }

const letters = [...'AZaz09-_=.+/ \n\t\u0000"{}%é\u3002']

const pick = <Item>(random: SeededRandom, items: readonly Item[]): Item => {
  const item = items[random.below(items.length)]
  if (item === undefined) throw new Error('There is nothing to pick from')
  return item
}

const onText: Record<string, (course: Course, at: number) => string> = {
  replace: ({ token, random }, at) => token.slice(0, at) + pick(random, letters) + token.slice(at + 1),
  insert: ({ token, random }, at) => token.slice(0, at) + pick(random, letters) + token.slice(at),
  remove: ({ token, random }, at) => token.slice(0, at) + token.slice(at + 1 + random.below(4)),
  cut: ({ token }, at) => token.slice(0, at),
  swap: ({ token }, at) =>
    token.slice(0, at) +
    token
      .slice(at, at + 2)
      .split('')
      .reverse()
      .join('') +
    token.slice(at + 2),
  splice: ({ token, other }, at) => token.slice(0, at) + other.slice(at),
  repeat: ({ token, random }, at) => token.slice(0, at) + token.slice(Math.max(0, at - 1 - random.below(90))),
}

const onSegments: Record<string, (course: Course) => string> = {
  'bit of a segment': ({ token, random }) => {
    const segments = token.split('.')
    const which = random.below(3)
    const bytes = Buffer.from(segments[which] ?? '', 'base64url')
    const at = random.below(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
    return segments.with(which, encode(bytes)).join('.')
  },
  'segments mixed': ({ token, other, random }) => {
    const segments = [...token.split('.'), ...other.split('.')]
    return random.shuffle(segments).slice(0, 3).join('.')
  },
  'spare bits': ({ token, random }) => {
    const segments = token.split('.')
    const which = random.below(3)
    const twins = spareBits(segments[which] ?? '')
    return twins.length === 0 ? `${token}=` : segments.with(which, pick(random, twins)).join('.')
  },
  'S beyond the order': ({ token, random }) => {
    const [head, body, signature = ''] = token.split('.')
    return `${head}.${body}.${encode(pick(random, twinsOf(Buffer.from(signature, 'base64url'))))}`
  },
}

/** Signed by our key over the changed text, so that nothing but the text is wrong. */
const resigned: Record<string, (course: Course) => string> = {
  'respelled and signed': ({ random, signer, parts }) => {
    const [header, payload] = [JSON.stringify(parts.header), JSON.stringify(parts.claims)]
    if (random.below(3) === 0) return signer.seal(encode(other(random, header)), encode(payload))
    return signer.seal(encode(header), encode(other(random, payload)))
  },
  'spare bits and signed': ({ random, signer, token }) => {
    const [head = '', body = ''] = token.split('.')
    const twins = [
      ...spareBits(head).map((twin) => [twin, body]),
      ...spareBits(body).map((twin) => [head, twin]),
    ]
    const [one = '', two = ''] = twins.length === 0 ? [`${head}=`, body] : pick(random, twins)
    return signer.seal(one, two)
  },
  'wrong and signed': ({ random, signer, parts }) => pick(random, signedWrongly(signer, parts))[1],
}

const other = (random: SeededRandom, json: string): string => {
  const at = json.indexOf(',', random.below(json.length - 10))
  const spaced = `${json.slice(0, at + 1)} ${json.slice(at + 1)}`
  const members = ['sub', 'aud', 'kid', 'alg'].filter((member) => json.includes(`"${member}":`))
  return pick(
    random,
    [spaced, ...respelled(json), ...doubled(json, members)].filter((text) => text !== json),
  )
}

/** What may be otherwise: strange members, their order, other values that are as good. */
const harmless: Record<string, (course: Course) => string> = {
  'strange members': ({ random, signer, parts: { header, claims } }) =>
    tokenOf(signer, {
      header: {
        ...header,
        ...pick(random, [{ jku: 'https://evil.test' }, { jwk: {} }, { x5u: 5 }, { cty: 'JWT' }]),
      },
      claims: {
        ...claims,
        ...pick(random, [{ roles: ['admin'] }, { nested: { sub: 'x' } }, { scope: '\ud83d\ude00' }]),
      },
    }),
  'another order': ({ random, signer, parts: { header, claims } }) =>
    tokenOf(signer, {
      header: Object.fromEntries(random.shuffle(Object.entries(header))),
      claims: Object.fromEntries(random.shuffle(Object.entries(claims))),
    }),
}

/** Half of them changed as a text, the rest as somebody would who knows what a token is. */
export const drawMutant = (course: Course): Mutant => {
  const { random, token } = course
  const kind = random.below(20)
  if (kind < 10) {
    const [how, change] = pick(random, Object.entries(onText))
    let mutant = token
    for (let times = 1 + random.below(3); times > 0; times--)
      mutant = change({ ...course, token: mutant }, random.below(Math.max(1, mutant.length)))
    return { token: mutant, may: false, how }
  }
  const changes = kind < 15 ? onSegments : kind < 19 ? resigned : harmless
  const [how, change] = pick(random, Object.entries(changes))
  return { token: change(course), may: changes === harmless, how }
}
