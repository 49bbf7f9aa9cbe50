import { isLockTimeout, type Sql, type Transaction, transaction } from '@kontora/postgres'
import { HeaderToken } from '@kontora/validation'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as v from 'valibot'
import { describes } from './openapi/operation.ts'
import { Problem } from './problem.ts'

type Env = { Bindings: { sql: Sql; now: () => Date }; Variables: { user: { id: string } } }
type Kept = { bodyHash: string; status: ContentfulStatusCode; answer: object | null }
type Key = { caller: string; route: string; key: string }

const sha256 = async (bytes: BufferSource): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const longest = 1000

/** A row of the unique index holds 2704 bytes at most, and an address can be longer. */
const routeOf = async ({ req }: Context<Env>): Promise<string> => {
  const { pathname, search } = new URL(req.url)
  const route = `${req.method} ${pathname}${search}`
  return route.length > longest ? `sha256 ${await sha256(new TextEncoder().encode(route))}` : route
}

const keyOf = async (c: Context<Env>): Promise<Key> => {
  const key = v.safeParse(HeaderToken(255), c.req.header('idempotency-key'))
  if (!key.success) {
    const fields = { 'Idempotency-Key': 'required, up to 255 visible ASCII characters' }
    throw new Problem('invalid-input', 'The header is wrong', { fields })
  }
  return { caller: c.var.user.id, route: await routeOf(c), key: key.output }
}

/** The first copy of a request waits for nobody; a second one waits here for the first, by the unique key. */
const keep = async (
  tx: Transaction,
  key: Key,
  bodyHash: string,
  askedAt: Date,
): Promise<Kept | undefined> => {
  await tx`set local lock_timeout = '2s'`
  const first = await tx`
    insert into idempotency_keys ${tx({ ...key, bodyHash, askedAt })} on conflict do nothing returning key`
  if (first.length > 0) return undefined
  const [kept] = await tx<Kept[]>`
    select body_hash, status, answer from idempotency_keys
    where caller = ${key.caller} and route = ${key.route} and key = ${key.key}`
  if (!kept || kept.bodyHash !== bodyHash)
    throw new Problem('key-reused', 'This key was used for another body')
  return kept
}

const run = async (c: Context<Env>, next: () => Promise<void>, key: Key, bodyHash: string): Promise<void> => {
  const resources = c.env
  try {
    await transaction(resources.sql, async (tx) => {
      const kept = await keep(tx, key, bodyHash, resources.now())
      if (kept) {
        c.header('idempotency-replayed', 'true')
        c.res = kept.answer ? c.json(kept.answer, kept.status) : c.body(null, kept.status)
        return
      }
      c.env = { ...resources, sql: tx }
      await next()
      if (c.error) throw c.error
      const text = await c.res.clone().text()
      const answer = text ? JSON.parse(text) : null
      await tx`
        update idempotency_keys set status = ${c.res.status}, answer = ${answer && tx.json(answer)}
        where caller = ${key.caller} and route = ${key.route} and key = ${key.key}`
    })
  } finally {
    c.env = resources
  }
}

/** Makes a secret or a presigned link anew from the kept answer, after the commit, for the first caller and each repeat. */
export type Anew<Resources> = (resources: Resources, kept: object) => Promise<object>

/**
 * Repeats of a write get the first answer (IETF draft "Idempotency-Key"). Key, change and answer stand in one transaction:
 * the verb joins it, so it calls nothing outside, and a refusal leaves no trace of the key.
 */
export const idempotent = <Resources>({ anew }: { anew?: Anew<Resources> } = {}) =>
  describes(
    createMiddleware<Env>(async (c, next) => {
      const key = await keyOf(c)
      // Bytes, not text: a file in another code page is not what its text would be.
      const bodyHash = await sha256(await c.req.arrayBuffer())
      try {
        await run(c, next, key, bodyHash)
      } catch (error) {
        // What the handler threw is answered already; here it only undid the transaction.
        if (error === c.error) return
        if (isLockTimeout(error))
          throw new Problem('in-progress', 'Another request is still at work on this', {
            retryAfterSeconds: 1,
          })
        throw error
      }
      if (anew && c.res.ok) {
        const answer = await anew(c.env as Resources, (await c.res.json()) as object)
        c.res = c.json(answer, c.res.status as ContentfulStatusCode)
      }
    }),
    {
      headers: {
        'Idempotency-Key': {
          about: 'One for each intended change; a repeat gets the first answer',
          required: true,
        },
      },
      problems: ['invalid-input', 'in-progress', 'key-reused'],
    },
  )
