import { ProviderFault } from './provider-fault.ts'

export const mostBytes = 64 * 1024
const mostMs = 10_000

type Call = {
  method?: string
  headers?: Record<string, string>
  body?: URLSearchParams | null | undefined
}

/** One call to a provider: no redirect is followed, an answer is awaited for 10 s and read up to 64 KiB. */
export const askShortly = async (
  ask: typeof fetch,
  url: string,
  { method = 'GET', headers: sent = {}, body = null }: Call,
): Promise<Response> => {
  try {
    const signal = AbortSignal.timeout(mostMs)
    const response = await ask(url, { method, headers: sent, body, redirect: 'manual', signal })
    const { status, headers } = response
    if (status >= 500) throw new ProviderFault('unreachable', `status ${status}`)
    const text = await readShort(response)
    // With 204 there may be no body at all, not even an empty one.
    return new Response(text === '' ? null : text, { status, headers })
  } catch (error) {
    throw error instanceof ProviderFault ? error : new ProviderFault('unreachable', 'no answer')
  }
}

const readShort = async (response: Response): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new ProviderFault('untrusted', 'a longer answer than any right one')
    text += decoder.decode(chunk, { stream: true })
  }
  return text
}
