import { createHmac } from 'node:crypto'
import { takeFault } from '../frame/faults.ts'
import { addEntry } from '../frame/journal.ts'
import type { Store } from '../frame/store.ts'
import { type DueEvent, dueEvents, settleEvent } from './events.ts'

export type Webhook = {
  url: string
  secret: string
  /** Waits between attempts; after the last one the event is given up. */
  retryAfterMs: number[]
  now: () => Date
  stopped: () => boolean
  fetch: (request: Request) => Promise<Response>
}

/** One pass over what is due; the order of arrival is not promised, as with the real one. */
export const deliverWebhooks = async (store: Store, webhook: Webhook): Promise<number> => {
  const due = dueEvents(store, webhook.now(), 32)
  const statuses = await Promise.all(due.map((event) => deliver(store, webhook, event)))
  if (webhook.stopped()) return 0
  store.transaction(() => {
    for (const [index, event] of due.entries()) settle(store, webhook, event, statuses[index] ?? 0)
  })()
  return due.length
}

/** 0 is no answer; `lost` never left. */
const deliver = async (store: Store, webhook: Webhook, event: DueEvent): Promise<number | 'lost'> => {
  const fault = takeFault(store, `webhook ${event.type}`, ['lost-callback', 'duplicate-callback'])
  if (fault?.kind === 'lost-callback') return 'lost'
  const status = await post(webhook, event)
  return fault?.kind === 'duplicate-callback' ? post(webhook, event) : status
}

const post = async ({ url, secret, now, fetch }: Webhook, { id, payload }: DueEvent): Promise<number> => {
  const timestamp = String(Math.floor(now().getTime() / 1000))
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Svix-Webhooks/1.0 (simulator)',
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': sign(secret, `${id}.${timestamp}.${payload}`),
  }
  const signal = AbortSignal.timeout(15_000)
  try {
    const request = new Request(url, { method: 'POST', headers, body: payload, redirect: 'manual', signal })
    const response = await fetch(request)
    await response.body?.cancel()
    return response.status
  } catch {
    return 0
  }
}

const sign = (secret: string, content: string): string => {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`
}

const settle = (store: Store, webhook: Webhook, event: DueEvent, status: number | 'lost'): void => {
  const taken = status === 'lost' || (status >= 200 && status < 300)
  const wait = taken ? undefined : webhook.retryAfterMs[event.attempts]
  settleEvent(store, event.seq, wait === undefined ? null : new Date(webhook.now().getTime() + wait))
  addEntry(store, {
    operation: `webhook ${event.type}`,
    method: 'POST',
    path: new URL(webhook.url).pathname,
    status: status === 'lost' ? 0 : status,
    details: {
      id: event.id,
      attempt: event.attempts + 1,
      ...(status === 'lost' && { fault: 'lost-callback' }),
    },
  })
}
