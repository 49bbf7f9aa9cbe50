import { password } from '../stand.ts'

export type Answer = { status: number; body: unknown }

/** Status 0: nobody answered, and what was asked for may have been done. */
export const call = async (
  url: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`prove:${password}`)}`, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    })
    return { status: response.status, body: await response.json() }
  } catch {
    return { status: 0, body: undefined }
  }
}

export type Message = { topic: string; partition: number; offset: number; value: string; key: string }
