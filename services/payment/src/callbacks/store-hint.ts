import { transaction } from '@kontora/postgres'
import * as v from 'valibot'
import type { WriteResources } from '../resources.ts'
import { CallbackHint } from '../vtb-openapi/schemas.ts'
import { askSoon, sha256 } from './store-callback.ts'

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
  const { sql, now, newId } = resources
  const hash = await sha256(`openapi ${text}`)
  await transaction(sql, async (tx) => {
    const [attempt] = await tx<{ id: string }[]>`
      select id from attempts where acquirer = 'openapi' and order_number = ${orderId}`
    if (!attempt) return
    const time = now()
    const operation = words.includes(type) ? type : 'other'
    const row = { id: newId(), hash, attemptId: attempt.id, operation, status: '', receivedAt: time }
    const first = await tx`
      insert into bank_callbacks ${tx({ ...row, fields: tx.json({}) })} on conflict (hash) do nothing returning id`
    if (first.length > 0) await askSoon(tx, attempt.id, time)
  })
}
