import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'

/** What we keep of a callback: the rest may be a person's (`email`, `phone`, `maskedPan`, `clientId` …). */
const keptFields = [
  'mdOrder',
  'orderNumber',
  'operation',
  'status',
  'amount',
  'depositedAmount',
  'refundedAmount',
  'operationRefundedAmount',
  'externalRefundId',
  'currency',
  'actionCode',
  'paymentState',
  'paymentWay',
  'callbackCreationDate',
]

const sha256 = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** U+0000 is no text to Postgres. */
const plain = (text: string): string => text.replaceAll('\0', '').slice(0, 300)

/** Stored once and settles nothing: it makes us ask the bank. A callback for nobody's order is kept as well. */
export const storeCallback = async (
  resources: WriteResources,
  pairs: ReadonlyMap<string, string>,
  canonicalText: string,
): Promise<void> => {
  const { sql, now, newId } = resources
  const hash = await sha256(canonicalText)
  const field = (name: string) => plain(pairs.get(name) ?? '')
  const fields = Object.fromEntries(
    keptFields.filter((name) => pairs.has(name)).map((name) => [name, field(name)]),
  )
  await transaction(sql, async (tx) => {
    const [attempt] = await tx<{ id: string }[]>`
      select id from attempts where md_order = ${field('mdOrder')} or order_number = ${field('orderNumber')} limit 1`
    const time = now()
    const row = { id: newId(), hash, attemptId: attempt?.id ?? null, receivedAt: time }
    const first = await tx`
      insert into bank_callbacks ${tx({ ...row, operation: field('operation'), status: field('status'), fields: tx.json(fields) })}
      on conflict (hash) do nothing returning id`
    if (first.length === 0 || !attempt) return
    await tx`
      update attempts set ask_at = ${time}
      where id = ${attempt.id} and md_order is not null and state not in ('settled', 'quarantined')`
    await tx`update refunds set ask_at = ${time} where attempt_id = ${attempt.id} and state in ('sending', 'unknown')`
    wakeJob(tx, 'ask-bank')
    wakeJob(tx, 'send-refunds')
  })
}
