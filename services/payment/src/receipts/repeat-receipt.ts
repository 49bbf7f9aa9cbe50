import type { User } from '@kontora/access'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { WriteResources } from '../resources.ts'
import { dayMs, type ReceiptKind, type ReceiptState } from './receipt.ts'

type Locked = {
  id: string
  kind: ReceiptKind
  state: ReceiptState
  attemptId: string | null
}
export type Repeated = { receiptId: string; state: ReceiptState }

export const lockReceipt = async (tx: Transaction, id: string): Promise<Locked> => {
  const [receipt] = await tx<Locked[]>`
    select id, kind, state, attempt_id from receipts
    where id = ${id} for update`
  if (!receipt) throw new Problem('not-found', 'No such receipt')
  if (receipt.state === 'delivered' || receipt.state === 'void')
    throw new Problem('conflict', 'It is at its end already', { state: receipt.state })
  return receipt
}

/**
 * An operator has seen to what was wrong. A closing receipt is asked for anew (the bank's list is read first, so one that
 * was made after all is found); any other the bank makes by itself, so it is only looked at again, at once.
 */
export const repeatReceipt = (
  { sql, now }: WriteResources,
  who: Pick<User, 'id'>,
  { receiptId }: { receiptId: string },
): Promise<Repeated> =>
  transaction(sql, async (tx) => {
    const receipt = await lockReceipt(tx, receiptId)
    if (receipt.attemptId === null) throw new Problem('conflict', 'It is made at a till, and then recorded')
    const isAnew = receipt.kind === 'final'
    if (isAnew && receipt.state === 'sent') throw new Problem('conflict', 'The bank is making it')
    const time = now()
    const alarmAt = new Date(time.getTime() + dayMs)
    if (isAnew)
      await tx`
        update receipts set bank_uuid = null, tell_at = ${time}, ask_at = null,
          given_up_uuids = array_remove(array_append(given_up_uuids, bank_uuid), null)
        where id = ${receiptId}`
    else await tx`update receipts set ask_at = ${time} where id = ${receiptId}`
    await tx`
      update receipts set state = 'expected', reason = null, alarm_at = ${alarmAt}, alarmed_at = null, ended_by = ${who.id}
      where id = ${receiptId}`
    wakeJob(tx, isAnew ? 'tell-closings' : 'ask-receipts')
    return { receiptId, state: 'expected' }
  })
