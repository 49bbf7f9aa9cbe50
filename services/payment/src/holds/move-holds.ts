import { type Transaction, transaction } from '@kontora/postgres'
import type { AcquirerName, BankOrder } from '../acquirer/acquirer.ts'
import { BankFault, isNotSent, isRefusal } from '../acquirer/bank-fault.ts'
import { sumOf } from '../acquirer/sum.ts'
import { nextAskMs } from '../attempts/attempt.ts'
import { judgeAttempt } from '../attempts/judge-attempt.ts'
import { lockAttempt } from '../attempts/lock-attempt.ts'
import { forEachDue } from '../for-each-due.ts'
import type { Resources } from '../resources.ts'
import { markMove } from './end-moves.ts'
import type { MoveKind, MoveState } from './hold-move.ts'

type DueMove = {
  id: string
  attemptId: string
  kind: MoveKind
  amountKopecks: number | null
  state: MoveState
  attemptedAt: Date | null
  acquirer: AcquirerName
  orderNumber: string
  mdOrder: string
}

// A little more than one call may take; who comes sooner only asks.
const claimMs = 35_000

/** The job `move-holds`: the bank is told once, and what came of it is learned by asking. */
export const moveHolds = async (resources: Resources): Promise<number> => {
  const { sql, now, log } = resources
  const due = await sql<DueMove[]>`
    update hold_moves set ask_at = ${new Date(now().getTime() + claimMs)}
    from attempts
    where attempts.id = hold_moves.attempt_id and hold_moves.id in (
      select id from hold_moves where ask_at <= ${now()} order by ask_at limit 20 for update skip locked)
    returning hold_moves.id, attempt_id, kind, hold_moves.amount_kopecks, hold_moves.state, attempted_at, acquirer,
      order_number, md_order`
  return forEachDue(log, due, async (move) => {
    try {
      await advance(resources, move)
    } catch (error) {
      if (!(error instanceof BankFault)) throw error
      log.warn('hold-move-unclear', { moveId: move.id, code: error.code })
      await askLater(resources, move, error.retryAfterMs)
    }
  })
}

const advance = async (resources: Resources, move: DueMove): Promise<void> => {
  const order = await ask(resources, move)
  const isUp = move.state === 'requested' && order.state === 'held' && (await markSending(resources, move))
  if (!isUp) return askLater(resources, move)
  const refusedWith = await tell(resources, move)
  const after = await ask(resources, move)
  if (refusedWith !== undefined && after.state === 'held') await fail(resources, move, refusedWith)
  else await askLater(resources, move)
}

/** Judged at once: whatever the order has become ends the move, the attempt, or both. */
const ask = async (resources: Resources, move: DueMove): Promise<BankOrder> => {
  const { acquirers } = resources
  const order = await acquirers
    .of(move.acquirer)
    .find({ orderNumber: move.orderNumber, bankId: move.mdOrder })
  if (!order || order.orderNumber !== move.orderNumber) throw new BankFault('unclear', 'another-order')
  await judgeAttempt(resources, move.attemptId, order)
  return order
}

/** Written down before the bank is told: a crash in between is then known to be one. */
const markSending = async ({ sql, now }: Resources, { id, attemptId }: DueMove): Promise<boolean> =>
  transaction(sql, async (tx: Transaction) => {
    await lockAttempt(tx, attemptId)
    const marked = await tx`
      update hold_moves set state = 'sending', attempted_at = ${now()} where id = ${id} and state = 'requested' returning id`
    return marked.length > 0
  })

/** The bank's refusal, if it said no; an unclear outcome is thrown, and the move is unknown from then on. */
const tell = async (resources: Resources, move: DueMove): Promise<string | undefined> => {
  const { acquirers, sql, now } = resources
  const acquirer = acquirers.of(move.acquirer)
  const order = { orderNumber: move.orderNumber, bankId: move.mdOrder }
  try {
    if (move.kind === 'capture') await acquirer.capture(order, sumOf(move.amountKopecks ?? 0))
    else await acquirer.release(order)
    return undefined
  } catch (error) {
    if (isRefusal(error)) return error.code
    if (isNotSent(error))
      await sql`
        update hold_moves set state = 'requested', attempted_at = null
        where id = ${move.id} and state = 'sending' and ask_at > ${now()}`
    throw error
  }
}

/** A refusal of the only call, and the hold stands as it stood. */
const fail = (resources: Resources, { id, attemptId }: DueMove, failure: string): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    await lockAttempt(tx, attemptId)
    const [live] = await tx`
      select id from hold_moves where id = ${id} and state in ('sending', 'unknown') for update`
    if (live) await markMove(tx, resources, id, { state: 'failed', failure })
  })

const askLater = async ({ sql, now, pollFastMs }: Resources, move: DueMove, wishMs = 0): Promise<void> => {
  const ageMs = now().getTime() - (move.attemptedAt ?? now()).getTime()
  const again = new Date(now().getTime() + Math.max(nextAskMs(ageMs, pollFastMs), wishMs))
  await sql`
    update hold_moves set ask_at = ${again}, state = case state when 'sending' then 'unknown' else state end
    where id = ${move.id} and ask_at > ${now()} and state in ('requested', 'sending', 'unknown')`
}
