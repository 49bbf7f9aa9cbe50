import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { endLease } from './lease.ts'
import { addSecret, type OperatorResources } from './put-subscription.ts'
import { mostSecrets, type PushState } from './subscription.ts'

export type PushLine = {
  name: string
  state: PushState
  reason: string | null
  since: Date
  failures: number
  nextAt: Date
  group: string
  topics: string[]
  target: string
  secrets: number
  /** By a gateway that lives. */
  served: boolean
}

export const listPushes = (sql: Sql, now: Date): Promise<PushLine[]> => sql<PushLine[]>`
  select name, state, reason, since, failures, next_at, group_name as "group", topics, target, (
    select count(*)::integer from push_secrets where subscription = name
  ) as secrets,
    state <> 'paused' and exists (
      select 1 from push_leases where subscription = name and expires_at > ${now}
    ) as served
  from push_subscriptions order by name`

/** Whether all goes through that an operator has not paused. */
export const arePushesWell = async (sql: Sql): Promise<boolean> => {
  const [troubled] = await sql`
    select name from push_subscriptions
    where state = 'failing' or state = 'paused' and reason is distinct from ${byOperator} limit 1`
  return troubled === undefined
}

const byOperator = 'by the operator'

const requireOne = (rows: readonly unknown[]): void => {
  if (rows.length === 0) throw new Problem('not-found', 'There is no such subscription')
}

type Operating = Pick<OperatorResources, 'sql' | 'now'>

export const pausePush = ({ sql, now }: Operating, name: string): Promise<void> =>
  transaction(sql, async (tx) => {
    requireOne(
      await tx`
        update push_subscriptions set state = 'paused', reason = ${byOperator}, since = ${now()}
        where name = ${name} returning name`,
    )
    await endLease(tx, name, now())
  })

/** It goes on at the group's commit, at once. */
export const resumePush = ({ sql, now }: Operating, name: string): Promise<void> =>
  transaction(sql, async (tx) => {
    requireOne(
      await tx`
        update push_subscriptions
        set state = 'active', reason = null, since = ${now()}, failures = 0, next_at = ${now()}
        where name = ${name} returning name`,
    )
    await endLease(tx, name, now())
  })

export const removePush = async ({ sql }: Pick<Operating, 'sql'>, name: string): Promise<void> => {
  requireOne(await sql`delete from push_subscriptions where name = ${name} returning name`)
}

const lockSubscription = async (tx: Transaction, name: string): Promise<void> =>
  requireOne(await tx`select name from push_subscriptions where name = ${name} for update`)

/** From the next post on it is signed with this secret too; those from before stay until they are retired. */
export const rotatePush = (resources: OperatorResources, name: string, secret: string): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    await lockSubscription(tx, name)
    const known = await tx`select id from push_secrets where subscription = ${name}`
    if (known.length >= mostSecrets)
      throw new Problem('conflict', `It has ${mostSecrets} secrets: retire the old ones first`)
    await addSecret(tx, resources, name, secret)
  })

/** All secrets but the last one go. */
export const retireSecrets = ({ sql }: Pick<Operating, 'sql'>, name: string): Promise<number> =>
  transaction(sql, async (tx) => {
    await lockSubscription(tx, name)
    const gone = await tx`
      delete from push_secrets where subscription = ${name} and id <> (
        select id from push_secrets where subscription = ${name} order by added_at desc, id desc limit 1
      ) returning id`
    return gone.length
  })
