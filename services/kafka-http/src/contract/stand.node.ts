import { Kafka } from '@upstash/kafka'
import type { Wishes } from '../operate/apply-wishes.ts'

/** One door to the log. Two of one stand are two processes in front of the same log. */
export type Gateway = { url: string; stop: () => Promise<void> }
/** What a back-end brings to the contract: topics and credentials are there before the first gateway opens. */
export type Stand = { open: () => Promise<Gateway>; close: () => Promise<void> }
export type OpenStand = (wishes: Wishes) => Promise<Stand>

export const password = 'correct-horse-battery-staple'
const rights = { produce: [], consume: [], all: [] }
export const wishes: Wishes = {
  topics: {
    red: 3,
    green: 3,
    blue: 3,
    single: 1,
    strict: 2,
    dense: 4,
    shared: 6,
    moved: 2,
    wide: 200,
    'orders-1': 1,
  },
  credentials: [
    { ...rights, name: 'everything', password, all: ['*'] },
    { ...rights, name: 'writer', password, produce: ['red'] },
    { ...rights, name: 'reader', password, consume: ['red'] },
    { ...rights, name: 'orders', password, all: ['orders-*'] },
  ],
}

export const clientOf = ({ url }: Gateway, username = 'everything'): Kafka =>
  new Kafka({ url, username, password })

export type Answer = { status: number; type: string | null; body: unknown }
export type Call = {
  method?: string
  body?: unknown
  text?: string | Uint8Array<ArrayBuffer>
  user?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Without the client, which repeats each refusal for 15 s. */
export const ask = async ({ url }: Gateway, path: string, call: Call = {}): Promise<Answer> => {
  const { method = 'POST', body, text, user = `everything:${password}`, headers, signal } = call
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Basic ${btoa(user)}`, ...headers },
    ...(text !== undefined ? { body: text } : body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: await response.json(),
  }
}

export const unique = (): string => crypto.randomUUID().slice(0, 13)

export type Got = { topic: string; partition: number; offset: number; value: string }
/** Calls until there is enough, as Upstash tells its users to; gives up after a while. */
export const gather = async (
  take: () => Promise<Got[]>,
  enough: number,
  patienceMs = 10_000,
): Promise<Got[]> => {
  const all: Got[] = []
  for (const end = Date.now() + patienceMs; all.length < enough && Date.now() < end; )
    all.push(...(await take()))
  return all
}

export const ends = async (gateway: Gateway, topic: string, partitions: number[]): Promise<number[]> => {
  const { body } = await ask(gateway, '/offsets/latest', {
    body: partitions.map((partition) => ({ topic, partition })),
  })
  return (body as { offset: number }[]).map(({ offset }) => offset)
}
