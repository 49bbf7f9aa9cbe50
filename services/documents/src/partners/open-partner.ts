import { PartnerFault, type PartnerFaultKind } from './partner-fault.ts'

export type Fetch = (url: string, init?: RequestInit) => Response | Promise<Response>
export type PartnerOptions = { url: string; key: string; fetch?: Fetch | undefined }

type Ask = {
  method: 'GET' | 'PUT' | 'POST'
  path: string
  headers?: Record<string, string>
  body?: object
}

const readMs = 5_000
const writeMs = 15_000
const busy = new Set([408, 425, 429])
const ourKey = new Set([401, 403])

/** Undefined for anything but JSON: a proxy's page says nothing of what the partner did. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const kindOf = (status: number, answer: unknown): PartnerFaultKind => {
  if (ourKey.has(status)) return 'configuration'
  const refused = status >= 400 && status < 500 && !busy.has(status) && answer !== undefined
  return refused ? 'business' : 'unavailable'
}

/** What Roback and Campaigns have in common: the key, the time that they get, what their answers mean. */
export const openPartner = (name: string, { url, key, fetch: given }: PartnerOptions) => {
  const send: Fetch = given ?? fetch
  const root = url.replace(/\/+$/, '')

  const ask = async ({ method, path, headers, body }: Ask): Promise<{ status: number; text: string }> => {
    try {
      const response = await send(root + path, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          accept: 'application/json',
          ...(body && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(method === 'GET' ? readMs : writeMs),
      })
      return { status: response.status, text: await response.text() }
    } catch {
      throw new PartnerFault(name, 'unavailable', 'no-answer')
    }
  }

  /** The JSON of a success; anything else is a fault. An empty success is `null`. */
  return async (what: Ask): Promise<unknown> => {
    const { status, text } = await ask(what)
    const answer = parse(text)
    if (status < 200 || status >= 300) throw new PartnerFault(name, kindOf(status, answer), String(status))
    if (text.trim() === '') return null
    if (answer === undefined) throw new PartnerFault(name, 'unavailable', 'garbage')
    return answer
  }
}
