import { callbackCheck, canonicalText, readPairs } from './checksum.ts'
import { localeOrderChecksum, type Vector, vectors } from './testing-vectors.node.ts'

/** One thing that a callback must not get away with, or must; `holds` answers whether it is so. */
export type ChecksumCase = { name: string; holds: () => Promise<boolean> }

/** What the route asks: the pairs once decoded, then the checksum of their text. */
const accepts = async (
  { algorithm, key }: Pick<Vector, 'algorithm' | 'key'>,
  query: string,
): Promise<boolean> => {
  const pairs = readPairs(query)
  if (!pairs) return false
  return callbackCheck(algorithm, key)(canonicalText(pairs), pairs.get('checksum') ?? '')
}

const flipped = (checksum: string): string => `${checksum.startsWith('0') ? '1' : '0'}${checksum.slice(1)}`

const negatives = (vector: Vector): [string, string][] => {
  const { query, checksum } = vector
  return [
    ['an empty checksum', `${query}&checksum=`],
    ['no checksum', query],
    ['a checksum that is too short', `${query}&checksum=${checksum.slice(2)}`],
    ['a checksum that is too long', `${query}&checksum=${checksum}00`],
    ['a checksum with one digit changed', `${query}&checksum=${flipped(checksum)}`],
    ['a checksum that is no hex', `${query}&checksum=Z${checksum.slice(1)}`],
    ['a value changed', `${query.replace(/status=\d/, 'status=7')}&checksum=${checksum}`],
    ['a parameter added', `${query}&more=1&checksum=${checksum}`],
    ['a parameter left out', `${query.replace(/(^|&)status=\d/, '')}&checksum=${checksum}`],
    ['a parameter twice', `${query}&status=1&checksum=${checksum}`],
    ['a parameter twice, once encoded', `${query}&%73tatus=1&checksum=${checksum}`],
    ['the checksum twice', `${query}&checksum=${checksum}&checksum=${checksum}`],
    ['a name in another case', `${query.replace('operation', 'Operation')}&checksum=${checksum}`],
    ['a value decoded twice', `${query.replace('status=', 'status=%2531')}&checksum=${checksum}`],
  ]
}

const ofVector = (vector: Vector): ChecksumCase[] => {
  const { name, algorithm, key, query, text, checksum } = vector
  const refuses = (what: string, given: string, by = { algorithm, key }): ChecksumCase => ({
    name: `${name}: ${what} is refused`,
    holds: async () => !(await accepts(by, given)),
  })
  const wrongKeys = algorithm === 'hmac' ? [`${key}!`, `${key}\n`, ` ${key}`] : []
  return [
    {
      name: `${name}: its text is the reference's, whatever the order that it comes in`,
      holds: async () => canonicalText(readPairs(`checksum=${checksum}&${query}`) ?? new Map()) === text,
    },
    { name: `${name}: verifies`, holds: () => accepts(vector, `${query}&checksum=${checksum}`) },
    ...negatives(vector).map(([what, given]) => refuses(what, given)),
    ...wrongKeys.map((wrong) =>
      refuses('another key', `${query}&checksum=${checksum}`, { algorithm, key: wrong }),
    ),
  ]
}

const t3 = vectors[2] as Vector
const t6 = vectors[5] as Vector

/** What is not of one vector: the order, the encoding, the algorithm. */
const further: ChecksumCase[] = [
  {
    name: 'the order of `localeCompare` is refused',
    holds: async () => !(await accepts(t3, `${t3.query}&checksum=${localeOrderChecksum}`)),
  },
  {
    name: 'UTF-8 verifies as the bytes that were sent, and another writing of the same letters does not',
    holds: async () =>
      !(await accepts(t3, `${t3.query.replace('%D1%91', '%D0%B5%CC%88')}&checksum=${t3.checksum}`)),
  },
  {
    name: 'a checksum of the symmetric kind in small letters is refused',
    holds: async () => !(await accepts(t3, `${t3.query}&checksum=${t3.checksum.toLowerCase()}`)),
  },
  {
    name: 'whatever `sign_alias` says, the algorithm is the pinned one',
    holds: async () =>
      (await accepts(t6, `${t6.query.replace('SHA-256', 'HMAC')}&checksum=${t6.checksum}`)) &&
      !(await accepts({ algorithm: 'hmac', key: t6.key }, `${t6.query}&checksum=${t6.checksum}`)),
  },
  {
    name: 'an HMAC under the public key as its secret is refused where signatures are asymmetric',
    holds: async () => !(await accepts(t6, `${t6.query}&checksum=${'A'.repeat(64)}`)),
  },
]

export const checksumCases: ChecksumCase[] = [...vectors.flatMap(ofVector), ...further]
