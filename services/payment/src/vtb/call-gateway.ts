import * as v from 'valibot'
import { BankFault } from '../acquirer/bank-fault.ts'
import type { BankDoor } from '../acquirer/guarded-calls.ts'
import { Outcome } from './schemas.ts'

export type Gateway = { url: string; user: string; password: string; door: BankDoor }
export type Call = <Schema extends v.GenericSchema>(
  method: string,
  fields: Record<string, string>,
  schema: Schema,
) => Promise<v.InferOutput<Schema>>

const rootOf = (url: string): string => {
  const address = url.replace(/\/+$/, '')
  return address.endsWith('/payment/rest') ? `${address}/` : `${address}/payment/rest/`
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new BankFault('unclear', 'garbage')
  }
}

const read = <Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, value)
  if (!result.success) throw new BankFault('unclear', 'garbage')
  return result.output
}

/** If both are there, `success` wins; neither is there when all is well. */
const isAccepted = ({ success, errorCode }: v.InferOutput<typeof Outcome>): boolean =>
  success ?? (errorCode ?? '0') === '0'

/** ВТБ's RBS gateway: a form in, JSON out, 200 whatever the answer says. Anything but its own "no" leaves the outcome open. */
export const createCall = ({ url, user, password, door }: Gateway): Call => {
  const root = rootOf(url)

  return async (method, fields, schema) => {
    const { status, text } = await door.send(root + method, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ userName: user, password, ...fields }).toString(),
    })
    if (status !== 200) throw new BankFault('unclear', String(status))
    const body = parse(text)
    const outcome = read(Outcome, body)
    if (!isAccepted(outcome)) throw new BankFault('refused', outcome.errorCode ?? 'none')
    return read(schema, body)
  }
}
