import { authIdentityLinked, emit } from '@kontora/events'
import type { Sql, Transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { Resources } from '../resources.ts'
import type { Provider } from './provider.ts'

type Chance = Pick<Resources, 'now' | 'newId'>

export const usersOf = async (
  { sql }: { sql: Sql },
  { name }: Provider,
  subjects: string[],
): Promise<string[]> => {
  const rows = await sql<{ userId: string }[]>`
    select distinct user_id from identities where provider = ${name} and subject in ${sql(subjects)}
    order by user_id`
  return rows.map(({ userId }) => userId)
}

/** Alternates become known as they are met: any of them may be the `sub` next time. Answers how many were new. */
export const keepSubjects = async (
  tx: Transaction,
  { now }: Pick<Resources, 'now'>,
  { name: provider }: Provider,
  userId: string,
  subjects: string[],
): Promise<number> => {
  const rows = subjects.map((subject) => ({ provider, subject, userId, linkedAt: now() }))
  const kept = await tx`insert into identities ${tx(rows)} on conflict do nothing returning subject`
  return kept.length
}

/** The insert waits for whoever links the same person at this moment; then it is seen whose he has become. */
export const linkSubjects = async (
  tx: Transaction,
  { now, newId }: Chance,
  provider: Provider,
  userId: string,
  subjects: string[],
): Promise<void> => {
  const kept = await keepSubjects(tx, { now }, provider, userId, subjects)
  const owners = await usersOf({ sql: tx }, provider, subjects)
  if (owners.some((owner) => owner !== userId))
    throw new Problem('conflict', `This ${provider.label.en} belongs to another account`)
  if (kept === 0) return
  const occurrence = { id: newId(), subject: userId, time: now() }
  const { name, label } = provider
  await emit(tx, authIdentityLinked, occurrence, { userId, provider: name, label })
}
