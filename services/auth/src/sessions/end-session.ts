import { applyRevokedSession } from '@kontora/access'
import { authSessionRevoked, emit } from '@kontora/events'
import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import type { Chance } from '@kontora/service'

type Ending = { sql: Sql } & Pick<Chance, 'now' | 'newId'>
type Ended = { id: string; userId: string }

/** Ends the family and has every service refuse its access tokens. One that has ended already stays as it was. */
export const endSession = ({ sql, ...chance }: Ending, sessionId: string): Promise<number> =>
  transaction(sql, async (tx) => {
    const ended = await tx<Ended[]>`
      update sessions set ended_at = ${chance.now()}, seen_sealed = null where id = ${sessionId} and ended_at is null
      returning id, user_id`
    return tellRevoked(tx, chance, ended)
  })

type Which = { begunBefore?: Date; except?: string }

/** All of a person's, or those begun before a moment, or all but one. */
export const endSessionsOf = (
  { sql, ...chance }: Ending,
  userId: string,
  { begunBefore, except }: Which = {},
): Promise<number> =>
  transaction(sql, async (tx) => {
    const ended = await tx<Ended[]>`
      update sessions set ended_at = ${chance.now()}, seen_sealed = null
      where user_id = ${userId} and ended_at is null and (${except ?? null}::uuid is null or id <> ${except ?? null})
        and (${begunBefore ?? null}::timestamptz is null or signed_in_at < ${begunBefore ?? null})
      returning id, user_id`
    return tellRevoked(tx, chance, ended)
  })

/** Here at once, also while Kafka is away; in every other service by the event. */
const tellRevoked = async (
  tx: Transaction,
  { now, newId }: Pick<Chance, 'now' | 'newId'>,
  ended: Ended[],
): Promise<number> => {
  for (const { id, userId } of ended) {
    await applyRevokedSession({ sql: tx, now }, id)
    await emit(tx, authSessionRevoked, { id: newId(), subject: id, time: now() }, { userId, sessionId: id })
  }
  return ended.length
}
