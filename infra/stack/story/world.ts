import type { Place } from '../place.ts'

export type Answer<Body> = { status: number; body: Body; headers: Headers }
export type Call = { token?: string; body?: object; key?: string }

export type Repeat = { method: string; path: string; why: string; after: number }

export type WorldOptions = {
  place: Place
  /** Only where parts are killed: a request is repeated on reset, 502 or 503, under the same key, for this long. */
  repeatForMs: number
  onRepeat?: (repeat: Repeat) => void
  /** How long to look for what should come about; where partners misbehave, pauses between our calls take their time. */
  patienceMs?: number
  /** How often the payer may begin a payment anew that was given up: the address of its page was lost with the bank's answer. */
  paysAnew?: number
  onPayAnew?: () => void
}

export class StoryFault extends Error {}

const pauseMs = 150

/** What an outside client has: HTTP, and nothing of ours. */
export const openWorld = async ({
  place,
  repeatForMs,
  onRepeat,
  patienceMs = 15_000 + repeatForMs,
  paysAnew = 0,
  onPayAnew = () => {},
}: WorldOptions) => {
  const stack = (await (await fetch(`${place.url}/_stack`)).json()) as {
    parts: { name: string; url: string }[]
  }
  const urls = new Map(stack.parts.map(({ name, url }) => [name, url]))

  const patiently = async (method: string, url: string, send: () => Promise<Response>): Promise<Response> => {
    const begun = Date.now()
    for (;;) {
      const answer = await send().catch((error: unknown) => (error as { code?: string }).code ?? 'reset')
      const failed = typeof answer === 'string' || answer.status === 502 || answer.status === 503
      const why = typeof answer === 'string' ? answer : String(answer.status)
      if (!failed) return answer as Response
      const after = Date.now() - begun
      if (after > repeatForMs) {
        if (typeof answer === 'string') throw new StoryFault(`${method} ${new URL(url).pathname}: ${why}`)
        return answer
      }
      onRepeat?.({ method, path: new URL(url).pathname, why, after })
      await Bun.sleep(pauseMs)
    }
  }

  const call = async <Body>(
    method: string,
    path: string,
    { token, body, key }: Call = {},
  ): Promise<Answer<Body>> => {
    const url = path.startsWith('http') ? path : `${place.url}${path}`
    const headers: Record<string, string> = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
      ...(method === 'POST' && { 'idempotency-key': key ?? crypto.randomUUID() }),
    }
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }), redirect: 'manual' as const }
    const response = await patiently(method, url, () =>
      fetch(url, { ...init, signal: AbortSignal.timeout(25_000) }),
    )
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text ? JSON.parse(text) : text) as Body,
    }
  }

  const expecting =
    (method: string, ...statuses: number[]) =>
    async <Body>(path: string, options: Call = {}): Promise<Body> => {
      const answer = await call<Body>(method, path, options)
      if (!statuses.includes(answer.status)) {
        const { title, fields } = answer.body as { title?: string; fields?: object }
        throw new StoryFault(
          `${method} ${path}: ${answer.status} ${title ?? ''} ${fields ? JSON.stringify(fields) : ''}`.trim(),
        )
      }
      return answer.body
    }

  return {
    place,
    patienceMs,
    paysAnew,
    onPayAnew,
    patiently,
    call,
    get: expecting('GET', 200),
    post: expecting('POST', 200, 201, 202),
    /** A part's own address, for what only an outsider may look at. */
    at: (name: string, path: string): string => {
      const url = urls.get(name)
      if (!url) throw new StoryFault(`There is no part ${name}`)
      return `${url}${path}`
    },
  }
}

export type World = Awaited<ReturnType<typeof openWorld>>

/** Asks again until it is so; what it waited for is named when it never comes. */
export const eventually = async <Found>(
  world: World,
  what: string,
  look: () => Promise<Found | undefined | false>,
): Promise<Found> => {
  const end = Date.now() + world.patienceMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end)
      throw new StoryFault(`It did not come about in ${world.patienceMs / 1000} s: ${what}`)
    await Bun.sleep(100)
  }
}

export const must = (holds: boolean, what: string): void => {
  if (!holds) throw new StoryFault(`This does not hold: ${what}`)
}
