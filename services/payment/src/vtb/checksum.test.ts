import { expect, test } from 'bun:test'
import { generateKeyPairSync, sign } from 'node:crypto'
import { callbackCheck, canonicalText, isPublicKey, readPairs } from './checksum.ts'
import { checksumCases } from './testing-checksums.node.ts'
import { vectors } from './testing-vectors.node.ts'

test.each(checksumCases)('$name', async ({ holds }) => {
  expect(await holds()).toBe(true)
})

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const pemOf = (key: ReturnType<typeof pair>['publicKey']) =>
  key.export({ type: 'spki', format: 'pem' }).toString()

test('a signature of SHA-512 by the right key verifies; SHA-256, SHA-1 and a right one of another key do not', async () => {
  const [own, other] = [pair(), pair()]
  const { text } = vectors[5]!
  const check = callbackCheck('rsa', pemOf(own.publicKey))
  const by = (hash: string, key = own.privateKey) => sign(hash, Buffer.from(text), key).toString('hex')
  expect(await check(text, by('sha512'))).toBe(true)
  expect(await check(text, by('sha512').toUpperCase())).toBe(true)
  expect(await check(`${text} `, by('sha512'))).toBe(false)
  for (const wrong of [by('sha256'), by('sha1'), by('sha512', other.privateKey)])
    expect(await check(text, wrong)).toBe(false)
})

test('only a public key of 2048 bits or more is taken for one', () => {
  const { publicKey, privateKey } = pair()
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
  expect(isPublicKey(pemOf(publicKey))).toBe(true)
  expect(isPublicKey(vectors[5]!.key)).toBe(true)
  const wrong = [
    pemOf(short),
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'yourSecretToken',
    vectors[5]!.key.slice(0, -8),
    'AAAA',
    '',
  ]
  expect(wrong.map(isPublicKey)).toEqual(wrong.map(() => false))
})

test('a name that comes twice is refused, and a value that is empty counts', () => {
  expect(readPairs('status=1&status=0')).toBeUndefined()
  expect(readPairs('mdOrder=1&%6DdOrder=2')).toBeUndefined()
  expect(canonicalText(readPairs('b=&a=1') ?? new Map())).toBe('a;1;b;;')
})
