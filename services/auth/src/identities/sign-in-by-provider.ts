import { authDeviceAdded, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { base64url } from 'jose'
import type { Browser } from '../budgets/caller.ts'
import { rememberDeviceOf } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { queueCompletion, sealCompletion } from '../sber-id/tell-completed.ts'
import { openSession, prepareSession, refuseBlocked } from '../sessions/open-session.ts'
import type { Session } from '../sessions/session.ts'
import { giveTokens, type SignedIn } from '../tokens/give-tokens.ts'
import { type BroughtBack, identify } from './identify.ts'
import { keepSubjects, usersOf } from './identity.ts'
import { type Linked, linkToSignedIn } from './link-to-signed-in.ts'
import { openDispute } from './open-dispute.ts'
import { type Person, type Provider, tryAgain } from './provider.ts'

const linkMs = 10 * 60_000

export type ToConfirm = { state: 'confirm-address'; linkId: string; linkSecret: string }

/** A known identity signs in. A strange one is never joined to anyone by its e-mail: our own code has to prove the address. */
export const signInByProvider = async (
  resources: Resources,
  provider: Provider,
  browser: Browser,
  back: BroughtBack,
): Promise<SignedIn | ToConfirm | Linked> => {
  const { person, wanted } = await identify(resources, provider, back)
  const userIds = await usersOf(resources, provider, person.subjects)
  if (userIds.length > 1) throw await openDispute(resources, provider, userIds)
  if (wanted) return linkToSignedIn(resources, provider, person, wanted)
  const [userId] = userIds
  if (userId === undefined) return beginLink(resources, provider, person)
  await refuseBlocked(resources, userId, tryAgain(provider))
  const completion = await sealCompletion(resources, person.completion)
  const opening = { userId, method: provider.name, caller: browser }
  const prepared = await prepareSession(resources, opening)
  const session = await transaction(resources.sql, async (tx) => {
    await holdIdentity(tx, provider, userId, person.subjects)
    await keepSubjects(tx, resources, provider, userId, person.subjects)
    if (completion) await queueCompletion(tx, resources, completion)
    const { device } = browser
    const isStrange = await rememberDeviceOf(tx, { device, userId, seenAt: resources.now() })
    const opened = await openSession({ ...resources, sql: tx }, prepared)
    if (isStrange) await tellDeviceAdded(tx, resources, provider, opened)
    return opened
  })
  return giveTokens(resources, session)
}

/** Who signs in by a code has had a letter; here it is the only sign that somebody else may have done so. */
const tellDeviceAdded = (
  tx: Transaction,
  { newId, now }: Resources,
  { name: provider, label }: Provider,
  { id: sessionId, userId }: Session,
): Promise<void> =>
  emit(
    tx,
    authDeviceAdded,
    { id: newId(), subject: sessionId, time: now() },
    { userId, sessionId, provider, label },
  )

/** Held until the session stands, so that an identity which is unlinked at this moment opens none and does not come back. */
const holdIdentity = async (
  tx: Transaction,
  provider: Provider,
  userId: string,
  subjects: string[],
): Promise<void> => {
  const held = await tx`
    select subject from identities
    where provider = ${provider.name} and user_id = ${userId} and subject in ${tx(subjects)} for update`
  if (held.length === 0) throw tryAgain(provider)
}

const beginLink = async (
  resources: Resources,
  provider: Provider,
  { subjects, completion }: Person,
): Promise<ToConfirm> => {
  const { sql, now, newId, random, codePeppers } = resources
  const linkId = newId()
  const linkSecret = base64url.encode(random(16))
  const begunAt = now()
  const { id: pepperId, hash } = await codePeppers.current()
  await sql`insert into identity_links ${sql({
    id: linkId,
    pepperId,
    secretHash: await hash('link-secret', linkId, linkSecret),
    provider: provider.name,
    subjects: sql.json(subjects),
    completionSealed: await sealCompletion(resources, completion),
    begunAt,
    expiresAt: new Date(begunAt.getTime() + linkMs),
  })}`
  return { state: 'confirm-address', linkId, linkSecret }
}
