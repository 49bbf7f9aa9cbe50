import { rootOf } from './address.ts'
import type { OneCAnswer } from './entity.ts'
import { createLeases } from './leases.ts'
import { OneCFault } from './one-c-fault.ts'
import { readAnswer } from './read-answer.ts'

export type Fetch = (url: string, init?: RequestInit) => Response | Promise<Response>

export type CallerOptions = {
  url: string
  user: string
  password: string
  concurrency: number
  fetch?: Fetch | undefined
}

export type Call = (
  method: 'GET' | 'POST' | 'PATCH',
  address: string,
  body?: object,
) => Promise<OneCAnswer | undefined>

const timeoutMs = 30_000

/** UTF-8 bytes of `user:password`; `btoa` alone breaks on a Cyrillic name. */
const basic = (user: string, password: string): string => {
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}

export const createCaller = ({ url, user, password, concurrency, fetch: given }: CallerOptions): Call => {
  const send: Fetch = given ?? fetch
  const lease = createLeases(concurrency)
  const headers = {
    authorization: basic(user, password),
    accept: 'application/json',
    'content-type': 'application/json',
  }
  const ask = async (method: string, address: string, body?: object): Promise<OneCAnswer | undefined> => {
    const init = { method, headers, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) } as const
    try {
      return await readAnswer(
        await send(rootOf(url) + address, {
          ...init,
          // Some web servers refuse a POST without a length.
          ...(method !== 'GET' && { body: body ? JSON.stringify(body) : '' }),
        }),
      )
    } catch (error) {
      if (error instanceof OneCFault) throw error
      throw new OneCFault('unavailable', 'no-answer')
    }
  }
  return (method, address, body) => lease(() => ask(method, address, body))
}
