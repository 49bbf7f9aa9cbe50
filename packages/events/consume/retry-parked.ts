import { isConnectionLost, type Sql, type Transaction, transaction } from '@kontora/postgres'
import { reasonOf } from '@kontora/service'
import { bury } from './bury.ts'
import { handleWithin, inTraceOf, inTraceOfReplay } from './handle-event.ts'
import type { ConsumerResources, Handler } from './handler.ts'
import { markKnown } from './inbox.ts'
import { dueParked, lockKey, mostAttempts, nextAttempt, type Parked } from './parked.ts'

/** Under `block` the oldest of a key goes first, and a dead one keeps the key. */
const isFirst = async (tx: Transaction, { policy }: { policy: string }, row: Parked): Promise<boolean> => {
  if (policy === 'go-on') return true
  const [earlier] = await tx`
    select 1 from parked where handler = ${row.handler} and key = ${row.key} and position < ${row.position} limit 1`
  return earlier === undefined
}

/** Another replica may have tried it meanwhile, an operator dropped it: then there is nothing to do. */
const isStillDue = async (tx: Transaction, { position, attempts }: Parked): Promise<boolean> => {
  const [row] = await tx`
    select 1 from parked where position = ${position} and attempts = ${attempts} and dead_at is null for update`
  return row !== undefined
}

const succeed = <Resources extends ConsumerResources>(
  resources: Resources,
  handler: Handler<Resources>,
  row: Parked,
): Promise<boolean> =>
  transaction(resources.sql, async (tx) => {
    await lockKey(tx, row.handler, row.key)
    if (!(await isStillDue(tx, row)) || !(await isFirst(tx, handler, row))) return false
    await handleWithin(tx, resources, handler, row.event)
    await tx`delete from parked where position = ${row.position}`
    return true
  })

type Failing = ConsumerResources & { service: string }

/** What must never be a dead letter counts as handled instead. */
const giveUp = async (
  tx: Transaction,
  resources: Failing,
  handler: { deadLetter: boolean },
  row: Parked,
  reason: string,
): Promise<void> => {
  const { handler: name, event, position } = row
  if (handler.deadLetter) {
    await tx`update parked set attempts = ${row.attempts + 1} where position = ${position}`
    return bury(tx, resources, { ...row, eventId: event.id, reason })
  }
  resources.log?.error('event-given-up', { handler: name, eventId: event.id, reason })
  await markKnown(tx, name, event, resources.now())
  await tx`delete from parked where position = ${position}`
}

const fail = (
  resources: Failing,
  handler: { deadLetter: boolean },
  row: Parked,
  error: unknown,
): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    if (!(await isStillDue(tx, row))) return
    const attempts = row.attempts + 1
    const reason = reasonOf(error)
    if (attempts >= mostAttempts) return giveUp(tx, resources, handler, row, reason)
    await tx`
      update parked set attempts = ${attempts}, next_at = ${nextAttempt(attempts, resources.now())}, reason = ${reason}
      where position = ${row.position}`
  })

/** Tries what is parked and due, once each; answers how many were handled. */
export const retryParked = async <Resources extends ConsumerResources & { sql: Sql }>(
  resources: Resources,
  service: string,
  handlers: Handler<Resources>[],
): Promise<number> => {
  const byName = new Map(handlers.map((handler) => [handler.name, handler]))
  const tryAgain = (handler: Handler<Resources>, row: Parked): Promise<boolean> => {
    const attempt = async (): Promise<boolean> => {
      try {
        return await succeed(resources, handler, row)
      } catch (error) {
        if (isConnectionLost(error)) throw error
        resources.log?.warn('event-failed-again', { handler: handler.name, eventId: row.event.id }, error)
        await fail({ ...resources, service }, handler, row, error)
        return false
      }
    }
    return row.replayedAt ? inTraceOfReplay(resources, row, attempt) : inTraceOf(row.event, attempt)
  }

  let handled = 0
  for (const row of await dueParked(resources.sql, handlers, resources.now())) {
    const handler = byName.get(row.handler)
    if (handler && (await tryAgain(handler, row))) handled++
  }
  return handled
}
