import { addEntry } from '../frame/journal.ts'
import type { Store } from '../frame/store.ts'
import { checksum, isPrivate } from './checksum.ts'

export type Line = {
  method: 'GET' | 'POST'
  fetch: (request: Request) => Promise<Response>
}

export const signed = (parameters: Record<string, string>, key: string): Record<string, string> => ({
  ...parameters,
  checksum: checksum(parameters, key),
  // The papers' own sample: a name that tells another algorithm than the one that is used.
  ...(isPrivate(key) && { sign_alias: 'SHA-256 with RSA' }),
})

/** The status of the receiver's answer; 0 is none. */
export const sendCallback = async (
  line: Line,
  url: string,
  parameters: Record<string, string>,
): Promise<number> => {
  try {
    const response = await line.fetch(callbackRequest(line.method, url, new URLSearchParams(parameters)))
    await response.body?.cancel()
    return response.status
  } catch {
    return 0
  }
}

const callbackRequest = (method: Line['method'], url: string, parameters: URLSearchParams): Request => {
  const options = { method, redirect: 'manual', signal: AbortSignal.timeout(10_000) } as const
  if (method === 'POST') return new Request(url, { ...options, body: parameters })
  return new Request(`${url}${url.includes('?') ? '&' : '?'}${parameters}`, options)
}

export const journalCallback = (
  store: Store,
  { method, url, status, details }: { method: string; url: string; status: number; details: object },
): void => addEntry(store, { operation: 'callback', method, path: new URL(url).pathname, status, details })
