import { describe, Problem, validate } from '@kontora/service'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { canonicalText, readPairs } from '../vtb/checksum.ts'
import { countRefused, type Refused } from './count-refused.ts'
import { isSame } from './is-same.ts'
import { storeCallback } from './store-callback.ts'
import { readHint, storeHint } from './store-hint.ts'

type C = Context<{ Bindings: Resources }>

/** Only the raw query or the raw body: what a framework or a proxy adds was not signed. */
const encodedPairs = (c: C): string | Promise<string> =>
  c.req.method === 'GET' ? new URL(c.req.url).search.slice(1) : c.req.text()

const refuse = async (c: C, refused: Omit<Refused, 'method'>): Promise<never> => {
  await countRefused(c.env, { ...refused, method: c.req.method })
  throw new Problem('forbidden', 'This is no callback of the bank')
}

/** Our own fault: the bank counts anything but exactly 200 as undelivered, and calls again. */
const store = async (c: C, work: () => Promise<void>): Promise<Response> => {
  try {
    await work()
  } catch (error) {
    c.env.log.error('callback-not-stored', {}, error)
    throw new Problem('internal', 'Something went wrong')
  }
  return c.text('OK')
}

const receive = async (c: C) => {
  const { isSigned } = c.env.callbackChecks
  const encoded = await encodedPairs(c)
  const pairs = readPairs(encoded)
  const names = [...new Set(new URLSearchParams(encoded).keys())]
  const checksum = pairs?.get('checksum') ?? ''
  const refused = { channel: 'rbs', names, checksumLength: checksum.length }
  if (!isSigned) return refuse(c, { ...refused, reason: 'not-set-up' })
  if (!pairs) return refuse(c, { ...refused, reason: 'double-parameter' })
  const text = canonicalText(pairs)
  if (!checksum || !text) return refuse(c, { ...refused, reason: 'no-checksum' })
  if (!(await isSigned(text, checksum))) return refuse(c, { ...refused, reason: 'wrong-checksum' })
  return store(c, () => storeCallback(c.env, pairs, checksum))
}

/** Unsigned, so nothing of it is believed: who knows the address may make us ask the bank, and no more. */
const receiveHint = async (c: C, secret: string) => {
  const { openapiSecret } = c.env.callbackChecks
  const refused = { channel: 'openapi', names: [], checksumLength: 0 }
  if (openapiSecret === undefined) return refuse(c, { ...refused, reason: 'not-set-up' })
  if (!(await isSame(secret, openapiSecret))) return refuse(c, { ...refused, reason: 'wrong-address' })
  const text = await c.req.text()
  const hint = readHint(text)
  if (!hint) return refuse(c, { ...refused, reason: 'no-order' })
  return store(c, () => storeHint(c.env, hint, text))
}

const about = describe("The bank's hint that an order changed", { 200: 'text/plain' }, ['forbidden'])
const OfAddress = v.strictObject({ secret: v.pipe(v.string(), v.maxLength(300)) })

export const callbacks = new Hono<{ Bindings: Resources }>()
  .get('/callback', about, receive)
  .post('/callback', about, receive)
  .post(
    '/openapi/callback/:secret',
    describe("The OpenAPI's unsigned hint that an order changed", { 200: 'text/plain' }, ['forbidden']),
    validate('param', OfAddress),
    (c) => receiveHint(c, c.req.valid('param').secret),
  )
