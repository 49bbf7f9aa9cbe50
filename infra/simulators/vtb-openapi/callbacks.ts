import { takeFault } from '../frame/faults.ts'
import { addEntry } from '../frame/journal.ts'
import type { Store } from '../frame/store.ts'
import type { Bank, CallbackFate } from './order.ts'

type Row = { seq: number; url: string; body: string; fate: CallbackFate; tries: number }

export const prepareCallbacks = (store: Store): void => {
  store.run(`create table if not exists callbacks (
    seq integer primary key autoincrement, order_id text not null, url text not null, body text not null,
    fate text not null, tries integer not null, due_at integer)`)
  store.run('create index if not exists callbacks_due on callbacks (due_at) where due_at is not null')
}

/** Stands in the book together with the change that it tells of. Unsigned: no header, no key. */
export const announce = (bank: Bank, orderId: string, body: object, fate: CallbackFate): void => {
  const { callbackUrl } = bank.settings()
  if (!callbackUrl) return
  bank.store
    .query('insert into callbacks (order_id, url, body, fate, tries, due_at) values (?, ?, ?, ?, 0, ?)')
    .run(orderId, callbackUrl, JSON.stringify(body), fate, bank.now())
}

export type Deliver = (request: Request) => Promise<Response>

const mostTries = 3

const send = async (deliver: Deliver, { url, body }: Row): Promise<number> => {
  try {
    const answer = await deliver(
      new Request(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
        redirect: 'manual',
        signal: AbortSignal.timeout(10_000),
      }),
    )
    await answer.body?.cancel()
    return answer.status
  } catch {
    return 0
  }
}

/** Sends what is due; how often the real bank repeats is not known, so three times it is. */
export const deliverDue = async (bank: Bank, deliver: Deliver): Promise<void> => {
  const { store, now, settings } = bank
  const due = store
    .query<Row, [number]>(
      'select seq, url, body, fate, tries from callbacks where due_at <= ? order by seq limit 64',
    )
    .all(now())
  for (const callback of due) {
    const fault = takeFault(store, 'callback', ['lost-callback', 'duplicate-callback'])
    const isLost = fault?.kind === 'lost-callback' || callback.fate === 'lose'
    const isTwice =
      fault?.kind === 'duplicate-callback' || (callback.fate === 'duplicate' && callback.tries === 0)
    const statuses = isLost
      ? []
      : [await send(deliver, callback), ...(isTwice ? [await send(deliver, callback)] : [])]
    const isDone = isLost || statuses.includes(200) || callback.tries + 1 >= mostTries
    store
      .query('update callbacks set tries = tries + 1, due_at = ? where seq = ?')
      .run(isDone ? null : now() + settings().callbackRetryMs, callback.seq)
    for (const status of isLost ? [0] : statuses)
      addEntry(store, {
        operation: 'callback',
        method: 'POST',
        path: new URL(callback.url).pathname.replace(/[^/]+$/, '…'),
        status,
        details: { lost: isLost },
      })
  }
}
