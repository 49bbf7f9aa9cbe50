import { type Pool, type Transaction, transaction } from '@kontora/postgres'
import { type Chance, Problem } from '@kontora/service'
import { endLease } from './lease.ts'
import type { PushPlace } from './open-push.ts'
import type { Seal } from './secret.ts'
import type { PushWish } from './subscription.ts'
import { isAllowed } from './targets.ts'

export type OperatorResources = Chance & PushPlace & { sql: Pool }

const requireTarget = ({ targets }: Pick<PushPlace, 'targets'>, target: string): void => {
  if (!isAllowed(targets, target))
    throw new Problem('invalid-input', 'The target is not on the list', {
      fields: { target: 'one that PUSH_TARGETS allows' },
    })
}

/** What is there becomes as wished and stays paused or active; repeating it changes nothing. Without secrets it keeps those it has. */
export const putSubscription = (
  resources: OperatorResources,
  wish: PushWish,
  { onlyNew = false } = {},
): Promise<void> => {
  requireTarget(resources, wish.target)
  return transaction(resources.sql, async (tx) => {
    const time = resources.now()
    const [there] = await tx`select name from push_subscriptions where name = ${wish.name} for update`
    if (there && onlyNew) throw new Problem('conflict', 'There is such a subscription already')
    if (there) await change(tx, wish, time)
    else await create(tx, wish, time)
    await putSecrets(tx, resources, wish)
  })
}

/** `before`: what has to be there first; nothing is done when a target is wrong. */
export const putSubscriptions = async (
  resources: OperatorResources,
  wishes: PushWish[],
  before: () => Promise<void>,
): Promise<void> => {
  for (const { target } of wishes) requireTarget(resources, target)
  await before()
  for (const wish of wishes) await putSubscription(resources, wish)
}

const rowOf = (tx: Transaction, { group, topics, target, most, from }: PushWish) => ({
  groupName: group,
  topics: tx.json(topics),
  target,
  most,
  offsetReset: from,
})

const create = async (tx: Transaction, wish: PushWish, time: Date): Promise<void> => {
  const row = {
    ...rowOf(tx, wish),
    name: wish.name,
    state: 'active',
    since: time,
    failures: 0,
    nextAt: time,
  }
  await tx`insert into push_subscriptions ${tx(row)}`
}

const change = async (tx: Transaction, wish: PushWish, time: Date): Promise<void> => {
  const { group, topics, target, most, from } = wish
  const changed = await tx`
    update push_subscriptions set ${tx(rowOf(tx, wish))}
    where name = ${wish.name} and (group_name, topics, target, most, offset_reset)
      is distinct from (${group}::text, ${tx.json(topics)}::jsonb, ${target}::text, ${most}::integer, ${from}::text)
    returning name`
  if (changed.length > 0) await endLease(tx, wish.name, time)
}

type Row = { id: string; sealed: string }

const putSecrets = async (
  tx: Transaction,
  { seal, newId, now }: OperatorResources,
  { name, secrets }: PushWish,
): Promise<void> => {
  const rows = await tx<Row[]>`select id, sealed from push_secrets where subscription = ${name}`
  if (!secrets) {
    if (rows.length > 0) return
    throw new Problem('invalid-input', 'The input is wrong', { fields: { secrets: 'required' } })
  }
  const known = await Promise.all(rows.map(({ sealed }) => openOrNothing(seal, name, sealed)))
  const kept = rows.filter((_, i) => secrets.includes(known[i] ?? ''))
  for (const { id } of rows) if (!kept.some((row) => row.id === id)) await removeSecret(tx, id)
  for (const secret of new Set(secrets))
    if (!known.includes(secret)) await addSecret(tx, { seal, newId, now }, name, secret)
}

/** One that was sealed with an earlier key is as good as none. */
const openOrNothing = (seal: Seal, name: string, sealed: string): Promise<string> =>
  seal.open(name, sealed).catch(() => '')

const removeSecret = (tx: Transaction, id: string) => tx`delete from push_secrets where id = ${id}`

export const addSecret = async (
  tx: Transaction,
  { seal, newId, now }: Pick<OperatorResources, 'seal' | 'newId' | 'now'>,
  name: string,
  secret: string,
): Promise<void> => {
  const row = { id: newId(), subscription: name, sealed: await seal.close(name, secret), addedAt: now() }
  await tx`insert into push_secrets ${tx(row)}`
}
