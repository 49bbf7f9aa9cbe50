import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { base64url } from 'jose'
import type { Resources } from '../resources.ts'
import type { SberId, SberPerson } from '../sber-id/client.ts'
import { openSession, refuseBlocked } from '../sessions/open-session.ts'
import { giveTokens, type SignedIn } from '../tokens/give-tokens.ts'
import { type BroughtBack, identify, tryAgain } from './identify.ts'
import { queueCompletion, sealCompletion } from './tell-completed.ts'

export const provider = 'sber-id'
const linkMs = 10 * 60_000

export type ToConfirm = { state: 'confirm-address'; linkId: string; linkSecret: string }

/** A known identity signs in. A strange one is never joined to anyone by its e-mail: our own code has to prove the address. */
export const signInBySber = async (
  resources: Resources,
  sberId: SberId,
  deviceHash: string,
  back: BroughtBack,
): Promise<SignedIn | ToConfirm> => {
  const person = await identify(resources, sberId, back)
  const [userId, ...others] = await usersOf(resources, person.subjects)
  if (others.length > 0)
    throw new Problem('conflict', 'This Сбер ID belongs to two accounts; turn to the support')
  if (userId === undefined) return beginLink(resources, person)
  await refuseBlocked(resources, userId, tryAgain())
  const completion = await sealCompletion(resources, person.completion)
  const session = await transaction(resources.sql, async (tx) => {
    await keepSubjects(tx, resources, userId, person.subjects)
    if (sberId.tellsCompleted) await queueCompletion(tx, resources, completion)
    return openSession({ ...resources, sql: tx }, { userId, method: provider, deviceHash })
  })
  return giveTokens(resources, session)
}

export const usersOf = async ({ sql }: Pick<Resources, 'sql'>, subjects: string[]): Promise<string[]> => {
  const rows = await sql<{ userId: string }[]>`
    select distinct user_id from identities where provider = ${provider} and subject in ${sql(subjects)}`
  return rows.map(({ userId }) => userId)
}

/** Alternates become known as they are met: any of them may be the `sub` next time. */
export const keepSubjects = async (
  tx: Transaction,
  { now }: Pick<Resources, 'now'>,
  userId: string,
  subjects: string[],
): Promise<void> => {
  const rows = subjects.map((subject) => ({ provider, subject, userId, linkedAt: now() }))
  await tx`insert into identities ${tx(rows)} on conflict do nothing`
}

const beginLink = async (resources: Resources, { subjects, completion }: SberPerson): Promise<ToConfirm> => {
  const { sql, now, newId, random, pepper } = resources
  const linkId = newId()
  const linkSecret = base64url.encode(random(16))
  const begunAt = now()
  await sql`insert into identity_links ${sql({
    id: linkId,
    secretHash: await pepper('link-secret', linkId, linkSecret),
    provider,
    subjects: sql.json(subjects),
    completionSealed: await sealCompletion(resources, completion),
    begunAt,
    expiresAt: new Date(begunAt.getTime() + linkMs),
  })}`
  return { state: 'confirm-address', linkId, linkSecret }
}
