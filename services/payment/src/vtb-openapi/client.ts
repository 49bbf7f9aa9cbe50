import * as v from 'valibot'
import { BankFault } from '../acquirer/bank-fault.ts'
import type { BankDoor } from '../acquirer/guarded-calls.ts'
import type { Sum } from '../acquirer/sum.ts'
import { parseExactly, roublesText } from './roubles.ts'
import { OrderAnswer, RefundAnswer } from './schemas.ts'
import { createTokens, type TokenOptions } from './token.ts'

export type OpenapiOptions = Omit<TokenOptions, 'url' | 'door'> & {
  url: string
  tokenUrl: string
  /** Not sent when empty. */
  merchant: string
  clientSuffix: string
  returnUrl: string
  door: BankDoor
  tokenDoor: BankDoor
}
export type Openapi = ReturnType<typeof createOpenapi>

type Body = { amount: Sum; rest: object }

/** The amount is written by us, for a number that JSON writes was a float before. */
const textOf = ({ amount, rest }: Body): string =>
  `{"amount":{"value":${roublesText(amount)},"code":"RUB"},${JSON.stringify(rest).slice(1)}`

const read = <Schema extends v.GenericSchema>(schema: Schema, text: string): v.InferOutput<Schema> => {
  try {
    return v.parse(schema, parseExactly(text))
  } catch {
    throw new BankFault('unclear', 'garbage')
  }
}

/** Only what says that the request itself is wrong; a conflict may be our own earlier call. */
const refusals = [400, 403, 422]

/** ВТБ's OpenAPI e-commerce: JSON, roubles, a bearer token. Our own numbers name orders and refunds. */
export const createOpenapi = ({ url, tokenUrl, door, tokenDoor, ...options }: OpenapiOptions) => {
  const root = url.replace(/\/+$/, '')
  const tokens = createTokens({ ...options, url: tokenUrl, door: tokenDoor })
  const ibmClientId = options.clientId.toLowerCase().replace(options.clientSuffix.toLowerCase(), '')

  const once = async (method: string, path: string, body?: Body) => {
    const token = await tokens.get()
    const answer = await door.send(root + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'X-IBM-Client-Id': ibmClientId,
        accept: 'application/json',
        ...(options.merchant && { 'Merchant-Authorization': options.merchant }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: textOf(body) }),
    })
    if (answer.status === 401) tokens.forget(token)
    return answer
  }

  /** A call that was not let in did nothing, so it may be made again: once, with a new token. */
  const call = async (method: string, path: string, body?: Body) => {
    const first = await once(method, path, body)
    const { status, text } = first.status === 401 ? await once(method, path, body) : first
    if (status === 401) throw new BankFault('not-sent', '401')
    if (refusals.includes(status)) throw new BankFault('refused', String(status))
    if (status !== 200 && status !== 201 && status !== 404) throw new BankFault('unclear', String(status))
    return { isThere: status !== 404, text }
  }

  const change = async <Schema extends v.GenericSchema>(path: string, body: Body, schema: Schema) => {
    const { isThere, text } = await call('POST', path, body)
    if (!isThere) throw new BankFault('unclear', '404')
    return read(schema, text)
  }

  return {
    createOrder: async (order: {
      orderId: string
      orderName: string
      amount: Sum
      expire: Date
      wantsSbp: boolean
    }) => {
      const { amount, expire, wantsSbp, ...named } = order
      const rest = {
        ...named,
        expire: expire.toISOString(),
        returnUrl: options.returnUrl,
        ...(wantsSbp && { returnPaymentData: 'sbp' }),
      }
      return (await change('/orders', { amount, rest }, OrderAnswer)).object
    },
    /** Undefined: no such order. */
    order: async (orderId: string) => {
      const { isThere, text } = await call('GET', `/orders/${encodeURIComponent(orderId)}`)
      return isThere ? read(OrderAnswer, text).object : undefined
    },
    refund: async ({ amount, ...rest }: { refundId: string; paymentId: string; amount: Sum }) =>
      (await change('/refunds', { amount, rest }, RefundAnswer)).object,
  }
}
