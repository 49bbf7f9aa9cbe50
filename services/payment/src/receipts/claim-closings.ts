import { type Transaction, transaction } from '@kontora/postgres'
import { lockAttempt } from '../attempts/lock-attempt.ts'
import type { Resources } from '../resources.ts'
import type { CartItem } from './cart.ts'
import { readCart, readRefunded } from './keep-cart.ts'
import { cartOfClosing, closableKopecks } from './taken-cart.ts'

export type DueClosing = { id: string; attemptId: string; amountKopecks: number; mdOrder: string }

// A little more than two calls may take; a second process that comes too soon finds it told.
const claimMs = 65_000
const minuteMs = 60_000

export const claimClosings = ({ sql, now }: Resources): Promise<DueClosing[]> => sql<DueClosing[]>`
  update receipts set tell_at = ${new Date(now().getTime() + claimMs)}
  from attempts
  where attempts.id = attempt_id and receipts.id in (
    select id from receipts where tell_at <= ${now()} and kind = 'final' order by tell_at limit 20
    for update skip locked)
  returning receipts.id, attempt_id, receipts.amount_kopecks, md_order`

export type Told = { amountKopecks: number; items: CartItem[] }

/**
 * Written down before the bank is told, for a closing is not safe to repeat. Refunds may have taken some of it meanwhile, or
 * all: then none is wanted. Undefined: somebody else has told it, or there is nothing to tell.
 */
export const markTold = (resources: Resources, closing: DueClosing): Promise<Told | undefined> =>
  transaction(resources.sql, async (tx) => {
    await lockAttempt(tx, closing.attemptId)
    const [receipt] = await tx<{ id: string }[]>`
      select id from receipts where id = ${closing.id} and state = 'expected' and tell_at is not null for update`
    if (!receipt) return undefined
    const told = await planClosing(tx, closing)
    if (!told) {
      await voidClosing(tx, closing.id)
      return undefined
    }
    const time = resources.now()
    await tx`
      update receipts set amount_kopecks = ${told.amountKopecks}, told_at = ${time}, tell_at = null,
        ask_at = ${new Date(time.getTime() + minuteMs)}
      where id = ${closing.id}`
    return told
  })

const planClosing = async (
  tx: Transaction,
  { attemptId, amountKopecks }: DueClosing,
): Promise<Told | undefined> => {
  const cart = (await readCart(tx, attemptId)) ?? []
  const refunded = await readRefunded(tx, attemptId)
  const amount = Math.min(amountKopecks, closableKopecks({ cart, refunded }))
  if (amount === 0) return undefined
  const items = cartOfClosing({ cart, refunded, amountKopecks: amount })
  return items && { amountKopecks: amount, items }
}

const voidClosing = async (tx: Transaction, id: string): Promise<void> => {
  await tx`
    update receipts set state = 'void', reason = 'refunded', tell_at = null, ask_at = null, alarm_at = null
    where id = ${id} and state <> 'delivered'`
}

/** The bank has refused it: if only because all of it has gone back, none is wanted. */
export const voidRefunded = ({ sql }: Resources, { id, attemptId }: DueClosing): Promise<boolean> =>
  transaction(sql, async (tx) => {
    await lockAttempt(tx, attemptId)
    const cart = (await readCart(tx, attemptId)) ?? []
    const isGone = closableKopecks({ cart, refunded: await readRefunded(tx, attemptId) }) === 0
    if (isGone) await voidClosing(tx, id)
    return isGone
  })
