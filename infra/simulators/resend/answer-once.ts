import type { Context } from 'hono'
import type { Store } from '../frame/store.ts'
import { type Refusal, refuse } from './refuse.ts'

type Kept = { body_hash: string; answer: string }

const day = 86_400_000

export const prepareAnswers = (store: Store): void => {
  store.run(`create table if not exists answers (
    key text primary key, body_hash text not null, answer text not null, created_at integer not null)`)
}

const running = new WeakMap<Store, Set<string>>()

/**
 * The key, the answer and what was done are committed together. A refusal is not kept, so a corrected repeat may pass.
 * `work` waits `acceptMs` first: the time in which a second call with the key meets a running one.
 */
export const answerOnce = async (
  store: Store,
  c: Context,
  { body, now, acceptMs }: { body: string; now: Date; acceptMs: number },
  work: () => object | Refusal,
): Promise<Response> => {
  const key = c.req.header('idempotency-key')
  if (key !== undefined && (key.length < 1 || key.length > 256)) return refuse(c, invalidKey)
  const keys = running.get(store) ?? new Set<string>()
  running.set(store, keys)
  if (key !== undefined && keys.has(key)) return refuse(c, stillRunning)
  if (key !== undefined) keys.add(key)
  try {
    if (acceptMs > 0) await Bun.sleep(acceptMs)
    return answer(store, c, key, { hash: hashOf(`${c.req.path}\n${body}`), now }, work)
  } finally {
    if (key !== undefined) keys.delete(key)
  }
}

const answer = (
  store: Store,
  c: Context,
  key: string | undefined,
  { hash, now }: { hash: string; now: Date },
  work: () => object | Refusal,
): Response =>
  store.transaction(() => {
    const kept = key === undefined ? undefined : findKept(store, key, now)
    if (kept && kept.body_hash !== hash) return refuse(c, otherBody)
    if (kept) {
      c.set('journal', { replayed: true })
      return c.json(JSON.parse(kept.answer))
    }
    const result = work()
    if ('statusCode' in result) return refuse(c, result)
    if (key !== undefined)
      store
        .query('insert or replace into answers (key, body_hash, answer, created_at) values (?, ?, ?, ?)')
        .run(key, hash, JSON.stringify(result), now.getTime())
    return c.json(result)
  })()

const findKept = (store: Store, key: string, now: Date): Kept | null =>
  store
    .query<Kept, [string, number]>('select body_hash, answer from answers where key = ? and created_at > ?')
    .get(key, now.getTime() - day)

const hashOf = (content: string): string => new Bun.CryptoHasher('sha256').update(content).digest('hex')

const invalidKey: Refusal = {
  statusCode: 400,
  name: 'invalid_idempotency_key',
  message: 'The key must be between 1-256 chars. Retry with a valid key.',
}
const otherBody: Refusal = {
  statusCode: 409,
  name: 'invalid_idempotent_request',
  message: 'Same idempotency key used with a different request payload.',
}
const stillRunning: Refusal = {
  statusCode: 409,
  name: 'concurrent_idempotent_requests',
  message: 'Same idempotency key used while the original request is still in progress.',
}
