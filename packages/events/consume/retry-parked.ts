import { isConnectionLost, type Sql, type Transaction, transaction } from '@kontora/postgres'
import { deadLetter } from '../catalogue/dead-letter.ts'
import { emit } from '../emit.ts'
import { handleWithin } from './handle-event.ts'
import type { ConsumerResources, Handler } from './handler.ts'
import { dueParked, lockKey, mostAttempts, nextAttempt, type Parked, reasonOf } from './parked.ts'

/** Under `block` the oldest of a key goes first, and a dead one keeps the key. */
const isFirst = async (tx: Transaction, { policy }: { policy: string }, row: Parked): Promise<boolean> => {
  if (policy === 'go-on') return true
  const [earlier] = await tx`
    select 1 from parked where handler = ${row.handler} and key = ${row.key} and position < ${row.position} limit 1`
  return earlier === undefined
}

const succeed = <Resources extends ConsumerResources>(
  resources: Resources,
  handler: Handler<Resources>,
  row: Parked,
): Promise<boolean> =>
  transaction(resources.sql, async (tx) => {
    await lockKey(tx, row.handler, row.key)
    const [still] =
      await tx`select 1 from parked where position = ${row.position} and dead_at is null for update`
    if (!still || !(await isFirst(tx, handler, row))) return false
    await handleWithin(tx, resources, handler, row.event)
    await tx`delete from parked where position = ${row.position}`
    return true
  })

const giveUp = async (
  tx: Transaction,
  { service, now, newId }: { service: string; now: () => Date; newId: () => string },
  handler: { deadLetter: boolean },
  row: Parked,
  reason: string,
): Promise<void> => {
  if (!handler.deadLetter) {
    await tx`delete from parked where position = ${row.position}`
    return
  }
  await tx`update parked set dead_at = ${now()}, attempts = ${row.attempts + 1}, reason = ${reason} where position = ${row.position}`
  const { handler: name, topic, partition, offset } = row
  await emit(
    tx,
    deadLetter(service),
    { id: newId(), subject: row.key, time: now() },
    { handler: name, topic, partition, offset, eventId: row.event.id, reason },
  )
}

const fail = <Resources extends ConsumerResources>(
  resources: Resources,
  service: string,
  handler: Handler<Resources>,
  row: Parked,
  error: unknown,
): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    const attempts = row.attempts + 1
    const now = resources.now()
    if (attempts >= mostAttempts) return giveUp(tx, { ...resources, service }, handler, row, reasonOf(error))
    await tx`
      update parked set attempts = ${attempts}, next_at = ${nextAttempt(attempts, now)}, reason = ${reasonOf(error)}
      where position = ${row.position}`
  })

/** Tries what is parked and due, once each; answers how many were handled. */
export const retryParked = async <Resources extends ConsumerResources & { sql: Sql }>(
  resources: Resources,
  service: string,
  handlers: Handler<Resources>[],
): Promise<number> => {
  const byName = new Map(handlers.map((handler) => [handler.name, handler]))
  let handled = 0
  for (const row of await dueParked(resources.sql, [...byName.keys()], resources.now())) {
    const handler = byName.get(row.handler)
    if (!handler) continue
    try {
      if (await succeed(resources, handler, row)) handled++
    } catch (error) {
      if (isConnectionLost(error)) throw error
      await fail(resources, service, handler, row, error)
    }
  }
  return handled
}
