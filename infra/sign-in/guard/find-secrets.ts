import { createHash, createHmac } from 'node:crypto'

/** Something that was really given out, and what of it stands in the open: ids, an address. */
export type Secret = { kind: string; text: string; beside: string[] }
export type Finding = { kind: string; how: string }

const algorithms = ['md5', 'sha1', 'sha256', 'sha384', 'sha512']
const separators = ['', ':', '.', '|', '-', '/', ' ', '\n', '\0']
const labels = [
  'code',
  'flow-secret',
  'refresh',
  'device-cookie',
  'known-device',
  'link-secret',
  'sber-browser',
]

const unpadded = (text: string): string => text.replaceAll('=', '')

/** Base64 says one thing in three ways, as many bytes as stand before it; its ends are shared with what is around. */
const base64Forms = (text: string): string[] =>
  [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
    const whole = unpadded(bytes.toString('base64')).slice(before === 0 ? 0 : before + 1, -1)
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')]
  })

/** Each spelling in which a reader of the dump would know it at once. */
export const spellings = (text: string): [string, string][] => {
  const hex = Buffer.from(text).toString('hex')
  const each: [string, string][] = [
    ['plain', text],
    ['hex', hex],
    ['hex', hex.toUpperCase()],
    ['url', encodeURIComponent(text)],
    ['reversed', [...text].reverse().join('')],
    ...base64Forms(text).map((form): [string, string] => ['base64', form]),
  ]
  return each.filter(([, form]) => form.length >= 12)
}

/** What anyone can compute who has the secret, a row and no key. */
const constructions = (text: string, beside: string[]): string[] => {
  const salted = beside.flatMap((salt) =>
    separators.flatMap((separator) => [`${salt}${separator}${text}`, `${text}${separator}${salt}`]),
  )
  const listed = labels.flatMap((label) => [
    JSON.stringify([label, text]),
    `${label}:${text}`,
    ...beside.flatMap((salt) => [JSON.stringify([label, salt, text]), JSON.stringify([label, text, salt])]),
  ])
  return [text, JSON.stringify(text), ...salted, ...listed]
}

const forms = (digest: Buffer): string[] => [
  digest.toString('hex'),
  unpadded(digest.toString('base64')),
  digest.toString('base64url'),
]

/** The first of its unkeyed hashes that stands in the dump. `tokens` are the dump's words. */
export const findHash = (tokens: Set<string>, { text, beside }: Secret): string | undefined => {
  for (const algorithm of algorithms) {
    for (const input of constructions(text, beside)) {
      const digest = createHash(algorithm).update(input).digest()
      if (forms(digest).some((form) => tokens.has(form))) return algorithm
    }
    // A key that stands beside it is none.
    for (const salt of beside)
      for (const [key, input] of [
        [salt, text],
        [text, salt],
      ] as const)
        if (forms(createHmac(algorithm, key).update(input).digest()).some((form) => tokens.has(form)))
          return `hmac ${algorithm}`
  }
  return undefined
}

/** All that could be a hash, as a word of its own: hex in small letters, base64 without its padding. */
export const tokensOf = (dump: string): Set<string> => {
  const tokens = new Set<string>()
  for (const [word] of dump.matchAll(/[A-Za-z0-9+/_-]{22,128}/g)) {
    tokens.add(word)
    if (/^[0-9A-F]+$/.test(word)) tokens.add(word.toLowerCase())
  }
  return tokens
}

export const findSecret = (dump: string, tokens: Set<string>, secret: Secret): Finding | undefined => {
  const spelling = spellings(secret.text).find(([, form]) => dump.includes(form))
  const how = spelling?.[0] ?? findHash(tokens, secret)
  return how === undefined ? undefined : { kind: secret.kind, how }
}

const million = 1_000_000

const beginOf = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)

const readDigest = (token: string): Buffer => {
  const digest = /^[0-9a-f]{64}$/.test(token) ? Buffer.from(token, 'hex') : Buffer.from(token, 'base64url')
  return digest.length === 32 ? digest : Buffer.alloc(0)
}

/** What an attacker does with six digits: tries all, with what stands beside, against every hash of the dump. */
export const guessCodes = (tokens: Set<string>, beside: string[]): number => {
  const digests = [...tokens].map(readDigest).filter(({ length }) => length > 0)
  const begins = new Set(digests.map(beginOf))
  const digest = new Uint8Array(32)
  let found = 0
  for (let number = 0; number < million; number++) {
    const code = String(number).padStart(6, '0')
    const salted = beside.flatMap((salt) => [`${salt}${code}`, `${code}${salt}`, `${salt}:${code}`])
    for (const input of [code, ...salted]) {
      Bun.SHA256.hash(input, digest)
      if (begins.has(beginOf(digest)) && digests.some((one) => one.equals(digest))) found++
    }
  }
  return found
}
