import { createLeases, type Leases } from './leases.ts'
import { OneCFault } from './one-c-fault.ts'

export type Fetch = (url: string, init?: RequestInit) => Response | Promise<Response>

/** How we are known: a user of the base, a token, or a key that code in 1С compares. */
export type SignIn =
  | { kind: 'basic'; user: string; password: string }
  | { kind: 'bearer'; token: string }
  | { kind: 'header'; name: string; value: string }
  | { kind: 'none' }

export type CallerOptions = {
  user: string
  password: string
  /** Instead of user and password. */
  signIn?: SignIn | undefined
  concurrency: number
  fetch?: Fetch | undefined
  /** Waits between repeats of a read; a test need not. */
  wait?: ((ms: number) => Promise<void>) | undefined
}

export type Request = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT'
  url: string
  body?: string | undefined
  headers?: Readonly<Record<string, string>> | undefined
  timeoutMs: number
  /** A question that is asked again anyway: one try. */
  once?: boolean
}

/** One call under a lease; nothing of it, neither body nor `Authorization`, is logged or kept. */
export type Send = <Result>(
  request: Request,
  read: (response: Response) => Promise<Result>,
) => Promise<Result>

/** How long 1С may take: posting runs all of its accounting, and a large base is slow to begin. */
export const timeouts = { readMs: 60_000, writeMs: 120_000, postMs: 300_000, metadataMs: 300_000 }

/** UTF-8 bytes of `user:password`; `btoa` alone breaks on a Cyrillic name. */
const basic = (user: string, password: string): string => {
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}

const signInHeaders = (signIn: SignIn): Record<string, string> => {
  switch (signIn.kind) {
    case 'basic':
      return { authorization: basic(signIn.user, signIn.password) }
    case 'bearer':
      return { authorization: `Bearer ${signIn.token}` }
    case 'header':
      return { [signIn.name]: signIn.value }
    case 'none':
      return {}
  }
}

const readTries = 4
const firstPauseMs = 100
const realWait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Only a read that got no answer at all is repeated here: what may have been done is for who asks first. */
const repeated = async <Result>(
  wait: (ms: number) => Promise<void>,
  tries: number,
  ask: () => Promise<Result>,
): Promise<Result> => {
  for (let tried = 1; ; tried++)
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof OneCFault && error.code === 'no-answer') || tried >= tries) throw error
      await wait(firstPauseMs * 2 ** tried)
    }
}

const ask = async <Result>(
  send: Fetch,
  signIn: Record<string, string>,
  { method, url, body, headers, timeoutMs }: Request,
  read: (response: Response) => Promise<Result>,
): Promise<Result> => {
  try {
    const response = await send(url, {
      method,
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers, ...signIn },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      // Some web servers refuse a POST without a length.
      ...(method !== 'GET' && { body: body ?? '' }),
    })
    return await read(response)
  } catch (error) {
    if (error instanceof OneCFault) throw error
    throw new OneCFault('unavailable', 'no-answer')
  }
}

/** At most `concurrency` calls at once: each takes a session of the base, and perhaps an accountant's licence. */
export const createSend = (options: CallerOptions): Send => {
  const { user, password, signIn = { kind: 'basic', user, password }, concurrency, wait = realWait } = options
  const send: Fetch = options.fetch ?? fetch
  const lease: Leases = createLeases(concurrency)
  const known = signInHeaders(signIn)
  return (request, read) =>
    repeated(wait, request.method === 'GET' && !request.once ? readTries : 1, () =>
      lease(() => ask(send, known, request, read)),
    )
}
