import { encode, type Parts, type Signer, tokenOf } from './issuer.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Other last characters that decode to the same bytes. */
export const spareBits = (segment: string): string[] => {
  const spare = [0, 0, 16, 4][segment.length % 4] ?? 0
  const value = alphabet.indexOf(segment.at(-1) ?? '')
  const low = spare === 0 ? [] : Array.from({ length: spare }, (_, i) => value - (value % spare) + i)
  return low.filter((other) => other !== value).map((other) => `${segment.slice(0, -1)}${alphabet[other]}`)
}

const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The same JSON in another spelling. */
export const respelled = (json: string): string[] => [
  ` ${json}`,
  `${json} `,
  `${json}\n`,
  `\ufeff${json}`,
  json.replace('{', '{ '),
  json.replace(':', ': '),
  json.replace(',', ',\t'),
  json.replace(',', ',\r\n'),
  json.replace('"a', `"${escaped('a')}`),
  json.replace(/"(\w)(\w*)":/, (_, first: string, rest: string) => `"${escaped(first)}${rest}":`),
  json.replace(/:"(\w)/, (_, first: string) => `:"${escaped(first)}`),
  json.replace(/\/\//, '\\/\\/'),
  json.replace(/:(\d+)/, ':$1.0'),
  json.replace(/:(\d+)/, ':$1e0'),
  json.replace(/:(\d)(\d+)/, ':$1.$2e9'),
]

/** One member twice: the first or the last one counts, according to who reads. */
export const doubled = (json: string, members: string[]): string[] =>
  members.flatMap((member) => {
    const value = new RegExp(`"${member}":("[^"]*"|\\d+)`).exec(json)?.[0] ?? ''
    return [
      json.replace('{', `{${value},`),
      json.replace('{', `{"${member}":"other",`),
      json.replace(/}$/, `,"${member}":"other"}`),
      json.replace(/}$/, `,${value}}`),
    ]
  })

const brokenBytes = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]].map(
  (bytes) => Buffer.from(bytes),
)

/** Each signed by our key over just that text: only the spelling is wrong. */
export const writtenOtherwise = (signer: Signer, parts: Parts): [string, string][] => {
  const header = JSON.stringify(parts.header)
  const payload = JSON.stringify(parts.claims)
  const { seal } = signer
  const named = (name: string, tokens: string[]): [string, string][] =>
    tokens.map((token, i) => [`${name} ${i + 1}`, token])
  const changed = (texts: string[], json: string) => texts.filter((text) => text !== json)
  const withBytes = (json: string, bytes: Buffer) =>
    encode(Buffer.concat([Buffer.from(`${json.slice(0, -1)},"x":"`), bytes, Buffer.from('"}')]))
  const [head, body] = [encode(header), encode(payload)]
  const padded = (segment: string) => [1, 2].map((count) => segment + '='.repeat(count))
  return [
    ...named(
      'header respelled',
      changed(respelled(header), header).map((text) => seal(encode(text), body)),
    ),
    ...named(
      'claims respelled',
      changed(respelled(payload), payload).map((text) => seal(head, encode(text))),
    ),
    ...named(
      'header doubled',
      doubled(header, ['alg', 'typ', 'kid']).map((text) => seal(encode(text), body)),
    ),
    ...named(
      'claims doubled',
      doubled(payload, ['sub', 'iss', 'aud', 'exp', 'iat', 'client_id', 'sid']).map((text) =>
        seal(head, encode(text)),
      ),
    ),
    ...named(
      'header no UTF-8',
      brokenBytes.map((bytes) => seal(withBytes(header, bytes), body)),
    ),
    ...named(
      'claims no UTF-8',
      brokenBytes.map((bytes) => seal(head, withBytes(payload, bytes))),
    ),
    ...named(
      'header spare bits',
      spareBits(head).map((twin) => seal(twin, body)),
    ),
    ...named(
      'claims spare bits',
      spareBits(body).map((twin) => seal(head, twin)),
    ),
    ...named(
      'header padded',
      padded(head).map((twin) => seal(twin, body)),
    ),
    ...named(
      'claims padded',
      padded(body).map((twin) => seal(head, twin)),
    ),
    ...named('around', around(tokenOf(signer, parts))),
  ]
}

const around = (token: string): string[] => {
  const [head = '', body = '', signature = ''] = token.split('.')
  return [
    ...[`${token}=`, `${token}==`, `${token}%3D`, `${token}\n`, `${token} `, ` ${token}`, `\ufeff${token}`],
    ...[`${token}.`, `.${token}`, `${head}..${body}.${signature}`, `${head}.${body}`, `${body}.${signature}`],
    ...[`${head}.${body}.`, `${head}..${signature}`, `.${body}.${signature}`, '..', '.', '', head],
    ...[`${head}.${body}.${signature}.x`, `${head}.${head}.${body}.${signature}.${signature}`],
    ...[
      token.replaceAll('.', '\u3002'),
      token.replaceAll('.', '%2E'),
      token.toLowerCase(),
      `Bearer ${token}`,
    ],
    ...spareBits(signature).map((twin) => `${head}.${body}.${twin}`),
    `${head}.${body}.${Buffer.from(signature, 'base64url').toString('base64')}`,
    `${head}.${body}.${Buffer.from(signature, 'base64url').toString('hex')}`,
    `${head}.${body}.${signature.slice(0, 40)}\n${signature.slice(40)}`,
    ...jsonSerialised(head, body, signature),
  ]
}

const jsonSerialised = (head: string, body: string, signature: string): string[] => {
  const flat = { payload: body, protected: head, signature }
  const general = { payload: body, signatures: [{ protected: head, signature }] }
  return [flat, general].flatMap((one) => [JSON.stringify(one), encode(JSON.stringify(one))])
}
