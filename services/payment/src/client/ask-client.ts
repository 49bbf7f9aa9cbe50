import * as v from 'valibot'

export type Fetch = (url: string, init?: RequestInit) => Response | Promise<Response>
export type ClientOptions = { url: string; token: () => Promise<string>; fetch?: Fetch }

export class ClientFault extends Error {
  constructor(reason: string) {
    super(`client: ${reason}`)
    this.name = 'ClientFault'
  }
}

/** A question by POST, because ids do not belong into an address. Whatever goes wrong is a `ClientFault`. */
export const askClient = async <Schema extends v.GenericSchema>(
  { url, token, fetch: send = fetch }: ClientOptions,
  { path, body, timeoutMs = 5000 }: { path: string; body: object; timeoutMs?: number },
  schema: Schema,
): Promise<v.InferOutput<Schema>> => {
  const ask = async (): Promise<unknown> => {
    const response = await send(`${url.replace(/\/+$/, '')}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) throw new ClientFault(String(response.status))
    return response.json()
  }
  const answer = await ask().catch((error: unknown) => {
    throw error instanceof ClientFault ? error : new ClientFault('no answer')
  })
  const read = v.safeParse(schema, answer)
  if (!read.success) throw new ClientFault('another answer')
  return read.output
}
