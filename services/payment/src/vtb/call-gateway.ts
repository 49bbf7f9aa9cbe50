import * as v from 'valibot'
import { Outcome } from './schemas.ts'
import { VtbFault } from './vtb-fault.ts'

export type Fetch = (url: string, init?: RequestInit) => Response | Promise<Response>
export type Gateway = { url: string; user: string; password: string; fetch?: Fetch | undefined }
export type Call = <Schema extends v.GenericSchema>(
  method: string,
  fields: Record<string, string>,
  schema: Schema,
) => Promise<v.InferOutput<Schema>>

const timeoutMs = 30_000

const rootOf = (url: string): string => {
  const address = url.replace(/\/+$/, '')
  return address.endsWith('/payment/rest') ? `${address}/` : `${address}/payment/rest/`
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new VtbFault('unclear', 'garbage')
  }
}

const read = <Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, value)
  if (!result.success) throw new VtbFault('unclear', 'garbage')
  return result.output
}

/** If both are there, `success` wins; neither is there when all is well. */
const isAccepted = ({ success, errorCode = '0' }: v.InferOutput<typeof Outcome>): boolean =>
  success ?? errorCode === '0'

/** ВТБ's RBS gateway: a form in, JSON out, 200 whatever the answer says. Anything but its own "no" leaves the outcome open. */
export const createCall = ({ url, user, password, fetch: given }: Gateway): Call => {
  const send: Fetch = given ?? fetch
  const root = rootOf(url)

  const ask = async (method: string, fields: Record<string, string>): Promise<string> => {
    try {
      const response = await send(root + method, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ userName: user, password, ...fields }).toString(),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (response.status !== 200) throw new VtbFault('unclear', String(response.status))
      return await response.text()
    } catch (error) {
      if (error instanceof VtbFault) throw error
      throw new VtbFault('unclear', 'no-answer')
    }
  }

  return async (method, fields, schema) => {
    const body = parse(await ask(method, fields))
    const outcome = read(Outcome, body)
    if (!isAccepted(outcome)) throw new VtbFault('refused', outcome.errorCode ?? 'none')
    return read(schema, body)
  }
}
