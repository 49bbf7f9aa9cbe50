import * as v from 'valibot'
import type { Bank } from './bank.ts'
import { callbacksOf } from './callbacks.ts'
import { findOrder } from './order-book.ts'
import { journalCallback, type Line, sendCallback, signed } from './send-callback.ts'

export const GarbageCallback = v.strictObject({
  url: v.pipe(v.string(), v.url()),
  kind: v.picklist(['wrong-checksum', 'no-checksum', 'unknown-order', 'replay']),
  mdOrder: v.optional(v.string()),
})
export type GarbageCallback = v.InferOutput<typeof GarbageCallback>

type Parameters = Record<string, string>

/** A callback that the bank would never send, or would not send again; undefined if there is nothing to repeat. */
export const sendGarbage = async (
  bank: Bank,
  { key, ...line }: Line & { key: string },
  garbage: GarbageCallback,
): Promise<{ status: number; parameters: Parameters } | undefined> => {
  const parameters = build(bank, key, garbage)
  if (!parameters) return undefined
  const { url, kind } = garbage
  const status = await sendCallback(line, url, parameters)
  const details = { kind, mdOrder: parameters.mdOrder, operation: parameters.operation }
  journalCallback(bank.store, { method: line.method, url, status, details })
  return { status, parameters }
}

const build = (bank: Bank, key: string, { kind, mdOrder }: GarbageCallback): Parameters | undefined => {
  if (kind === 'replay') {
    const last = callbacksOf(bank.store, mdOrder ?? '').at(-1)
    return last && signed(last.parameters, key)
  }
  const order = kind !== 'unknown-order' && mdOrder ? findOrder(bank.store, mdOrder) : undefined
  const parameters = {
    mdOrder: order?.mdOrder ?? bank.newId(),
    orderNumber: order?.orderNumber ?? 'NO-SUCH-ORDER',
    operation: 'deposited',
    status: '1',
  }
  if (kind === 'no-checksum') return parameters
  return signed(parameters, kind === 'wrong-checksum' ? `${key} of another` : key)
}
