import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
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

export const sha256 = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** U+0000 is no text to Postgres. */
const plain = (text: string): string => text.replaceAll('\0', '').slice(0, 300)

/** Who has set it to the past is not to be overlooked by whoever asks just now: see `judgeAttempt`. */
export const askSoon = async (tx: Transaction, attemptId: string, time: Date): Promise<void> => {
  await tx`
    update attempts set ask_at = ${time}
    where id = ${attemptId} and md_order is not null and state not in ('settled', 'quarantined')`
  await tx`update refunds set ask_at = ${time} where attempt_id = ${attemptId} and state in ('sending', 'unknown')`
  await tx`update hold_moves set ask_at = ${time} where attempt_id = ${attemptId} and state in ('sending', 'unknown')`
  for (const job of ['ask-bank', 'send-refunds', 'move-holds']) wakeJob(tx, job)
}

/**
 * Stored once and settles nothing: it makes us ask the bank. A callback for nobody's order is kept as well. The same one is
 * known by its checksum: a digest of the text itself would let whoever sees it guess at an address that stood there.
 */
export const storeCallback = async (
  resources: WriteResources,
  pairs: ReadonlyMap<string, string>,
  checksum: string,
): Promise<void> => {
  const { sql, now, newId } = resources
  const hash = await sha256(checksum.toUpperCase())
  const field = (name: string) => plain(pairs.get(name) ?? '')
  const fields = Object.fromEntries(
    keptFields.filter((name) => pairs.has(name)).map((name) => [name, field(name)]),
  )
  await transaction(sql, async (tx) => {
    const [attempt] = await tx<{ id: string }[]>`
      select id from attempts
      where acquirer = 'rbs' and (md_order = ${field('mdOrder')} or order_number = ${field('orderNumber')}) limit 1`
    const time = now()
    const row = { id: newId(), hash, attemptId: attempt?.id ?? null, receivedAt: time }
    const first = await tx`
      insert into bank_callbacks ${tx({ ...row, operation: field('operation'), status: field('status'), fields: tx.json(fields) })}
      on conflict (hash) do nothing returning id`
    if (first.length > 0 && attempt) await askSoon(tx, attempt.id, time)
  })
}
