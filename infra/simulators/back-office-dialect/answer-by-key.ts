import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Store } from '../frame/store.ts'
import { problem } from './problem.ts'

export type Answer = { status: ContentfulStatusCode; body: object }

type Kept = { hash: string; status: ContentfulStatusCode; body: string }

export const prepareAnswers = (store: Store): void => {
  store.run(
    'create table if not exists answers (key text primary key, hash text not null, status integer not null, body text not null)',
  )
}

/** One transaction for the key, the change and the answer. A repeat calls `onRepeat` alone; a refusal is not kept. */
export const answerByKey = (
  store: Store,
  c: Context,
  sent: string,
  work: () => Answer | Response,
  onRepeat?: () => void,
): Response =>
  store.transaction(() => {
    const key = c.req.header('idempotency-key')
    const hash = new Bun.CryptoHasher('sha256').update(`${c.req.method} ${c.req.path}\n${sent}`).digest('hex')
    const kept = key === undefined ? null : findKept(store, key)
    if (kept && kept.hash !== hash) return problem(c, 409, 'The Idempotency-Key was used for another request')
    if (kept) {
      onRepeat?.()
      c.header('idempotent-replayed', 'true')
      return c.json(JSON.parse(kept.body), kept.status)
    }
    const answer = work()
    if (answer instanceof Response) return answer
    if (key !== undefined)
      store
        .query('insert into answers (key, hash, status, body) values (?, ?, ?, ?)')
        .run(key, hash, answer.status, JSON.stringify(answer.body))
    return c.json(answer.body, answer.status)
  })()

const findKept = (store: Store, key: string): Kept | null =>
  store.query<Kept, [string]>('select hash, status, body from answers where key = ?').get(key)
