import { describe, Problem } from '@kontora/service'
import { type Context, Hono } from 'hono'
import type { Resources } from '../resources.ts'
import { canonicalText, isSigned, readPairs } from '../vtb/checksum.ts'
import { storeCallback } from './store-callback.ts'

type C = Context<{ Bindings: Resources }>

/** Only the raw query or the raw body: what a framework or a proxy adds was not signed. */
const encodedPairs = (c: C): string | Promise<string> =>
  c.req.method === 'GET' ? new URL(c.req.url).search.slice(1) : c.req.text()

const refuse = async ({ env: { sql, now, log } }: C): Promise<never> => {
  const day = now().toISOString().slice(0, 10)
  log.warn('callback-refused')
  await sql`
    insert into refused_callbacks ${sql({ day, count: 1 })}
    on conflict (day) do update set count = refused_callbacks.count + 1`
  throw new Problem('forbidden', 'The checksum is wrong')
}

/** The bank counts anything but exactly 200 as undelivered, and calls again. */
const receive = async (c: C) => {
  const pairs = readPairs(await encodedPairs(c))
  const text = pairs && canonicalText(pairs)
  if (!pairs || !text || !(await isSigned(text, pairs.get('checksum') ?? '', c.env.callbackKey)))
    return refuse(c)
  try {
    await storeCallback(c.env, pairs, text)
  } catch (error) {
    c.env.log.error('callback-not-stored', {}, error)
    throw new Problem('internal', 'Something went wrong')
  }
  return c.text('OK')
}

const about = describe("The bank's hint that an order changed", { 200: 'text/plain' }, ['forbidden'])

export const callbacks = new Hono<{ Bindings: Resources }>()
  .get('/callback', about, receive)
  .post('/callback', about, receive)
