import * as v from 'valibot'
import type { WriteResources } from '../resources.ts'
import { CallbackHint } from '../vtb-openapi/schemas.ts'
import { keepCallback, sha256 } from './keep-callback.ts'

type Hint = v.InferOutput<typeof CallbackHint>

export const readHint = (text: string): Hint | undefined => {
  try {
    const read = v.safeParse(CallbackHint, JSON.parse(text))
    return read.success ? read.output : undefined
  } catch {
    return undefined
  }
}

const words = ['PAYMENT', 'REFUND', 'ORDER']

/** Kept only for an order of ours, and only that it came: of an unsigned text nothing else is worth a row. */
export const storeHint = async (
  resources: WriteResources,
  { type, object: { orderId } }: Hint,
  text: string,
): Promise<void> => {
  const operation = words.includes(type) ? type : 'other'
  const kept = { hash: await sha256(`openapi ${text}`), operation, status: '', fields: {} }
  const order = { orderNumber: orderId, bankId: null }
  await keepCallback(resources, kept, { acquirer: 'openapi', ...order, ofNobodyToo: false })
}
