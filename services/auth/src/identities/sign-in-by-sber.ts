import { type Transaction, transaction } from '@kontora/postgres'
import { base64url } from 'jose'
import type { Caller } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import type { SberId, SberPerson } from '../sber-id/client.ts'
import { openSession, refuseBlocked } from '../sessions/open-session.ts'
import { giveTokens, type SignedIn } from '../tokens/give-tokens.ts'
import { type BroughtBack, identify, tryAgain } from './identify.ts'
import { keepSubjects, provider, usersOf } from './identity.ts'
import { type Linked, linkToSignedIn } from './link-to-signed-in.ts'
import { openDispute } from './open-dispute.ts'
import { queueCompletion, sealCompletion } from './tell-completed.ts'

const linkMs = 10 * 60_000

export type ToConfirm = { state: 'confirm-address'; linkId: string; linkSecret: string }

/** A known identity signs in. A strange one is never joined to anyone by its e-mail: our own code has to prove the address. */
export const signInBySber = async (
  resources: Resources,
  sberId: SberId,
  caller: Caller,
  back: BroughtBack,
): Promise<SignedIn | ToConfirm | Linked> => {
  const { person, wanted } = await identify(resources, sberId, back)
  const userIds = await usersOf(resources, person.subjects)
  if (userIds.length > 1) throw await openDispute(resources, userIds)
  if (wanted) return linkToSignedIn(resources, sberId, person, wanted)
  const [userId] = userIds
  if (userId === undefined) return beginLink(resources, person)
  await refuseBlocked(resources, userId, tryAgain())
  const completion = await sealCompletion(resources, person.completion)
  const session = await transaction(resources.sql, async (tx) => {
    await holdIdentity(tx, userId, person.subjects)
    await keepSubjects(tx, resources, userId, person.subjects)
    if (sberId.tellsCompleted) await queueCompletion(tx, resources, completion)
    return openSession({ ...resources, sql: tx }, { userId, method: provider, caller })
  })
  return giveTokens(resources, session)
}

/** Held until the session stands, so that an identity which is unlinked at this moment opens none and does not come back. */
const holdIdentity = async (tx: Transaction, userId: string, subjects: string[]): Promise<void> => {
  const held = await tx`
    select subject from identities
    where provider = ${provider} and user_id = ${userId} and subject in ${tx(subjects)} for update`
  if (held.length === 0) throw tryAgain()
}

const beginLink = async (resources: Resources, { subjects, completion }: SberPerson): Promise<ToConfirm> => {
  const { sql, now, newId, random, codePeppers } = resources
  const linkId = newId()
  const linkSecret = base64url.encode(random(16))
  const begunAt = now()
  const { id: pepperId, hash } = await codePeppers.current()
  await sql`insert into identity_links ${sql({
    id: linkId,
    pepperId,
    secretHash: await hash('link-secret', linkId, linkSecret),
    provider,
    subjects: sql.json(subjects),
    completionSealed: await sealCompletion(resources, completion),
    begunAt,
    expiresAt: new Date(begunAt.getTime() + linkMs),
  })}`
  return { state: 'confirm-address', linkId, linkSecret }
}
