import { expect, test } from 'bun:test'
import { createHash, createHmac } from 'node:crypto'
import { brokenOf } from '../../stack/prove/claim.ts'
import { findSecret, guessCodes, tokensOf } from '../guard/find-secrets.ts'
import { proveDump } from './dump.ts'

const flowId = '0197a1b2-0000-7000-8000-000000000001'
const secret = { kind: 'flow secret', text: 'pX9dQ2rLkT7vWm4sYb8nZc', beside: [flowId, 'anna@example.org'] }
const sha256 = (text: string) => createHash('sha256').update(text).digest()
const found = (column: string) => {
  const dump = `-- flows\n${flowId}\t${column}\tsent\n`
  return findSecret(dump, tokensOf(dump), secret)?.how
}

test('the search finds what stands in a dump in clear, encoded, or hashed without a key', () => {
  const { text } = secret
  expect(found(text)).toBe('plain')
  expect(found(`\\\\x${Buffer.from(text).toString('hex')}`)).toBe('hex')
  for (const before of ['', 'a', 'ab'])
    expect(found(Buffer.from(`${before}${text} and more`).toString('base64'))).toBe('base64')
  for (const input of [
    text,
    `${flowId}${text}`,
    `${text}:anna@example.org`,
    JSON.stringify(['code', flowId, text]),
  ])
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(found(sha256(input).toString(form))).toBe('sha256')
  expect(found(createHash('md5').update(text).digest('hex').toUpperCase())).toBe('md5')
  expect(found(createHmac('sha256', flowId).update(text).digest('base64url'))).toBe('hmac sha256')
})

test('it does not find what is hashed with a key', () => {
  expect(found(createHmac('sha256', 'a pepper').update(secret.text).digest('base64url'))).toBeUndefined()
  expect(found('nothing')).toBeUndefined()
})

test('six digits are found behind an unkeyed hash, whatever they are', () => {
  expect(guessCodes(tokensOf(sha256('012345').toString('base64url')), [])).toBe(1)
  expect(guessCodes(tokensOf(sha256(`${flowId}:012345`).toString('hex')), [flowId])).toBe(1)
}, 60_000)

test('a dump of a busy stack, letters frozen, yields no code and no token', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveDump({ seed, size: 0.1, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 180_000)
