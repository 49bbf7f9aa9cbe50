import { type Transaction, transaction } from '@kontora/postgres'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { rememberAddress } from '../addresses/remember-address.ts'
import type { Caller } from '../budgets/caller.ts'
import { CodeTry, refusedCode, useFlow, withCode } from '../codes/try-code.ts'
import type { Resources } from '../resources.ts'
import type { SberId } from '../sber-id/client.ts'
import { isSame } from '../secrets/pepper.ts'
import { openSession, refuseBlocked } from '../sessions/open-session.ts'
import { userOfFlow } from '../sessions/user-of-flow.ts'
import { giveTokens, type SignedIn } from '../tokens/give-tokens.ts'
import { linkSubjects, provider } from './identity.ts'
import { queueCompletion } from './tell-completed.ts'

export const LinkWish = v.strictObject({
  linkId: Id,
  linkSecret: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/, '22 characters of base64url')),
  ...CodeTry.entries,
})
export type LinkWish = v.InferOutput<typeof LinkWish>

type Link = { id: string; subjects: string[]; completionSealed: string; begunAt: Date }

/** The code must have been asked for after Сбер ID had answered: an older one was meant for something else. */
export const linkIdentity = async (
  resources: Resources,
  sberId: SberId,
  caller: Caller,
  wish: LinkWish,
): Promise<SignedIn> => {
  const link = await findLink(resources, wish)
  if (!link) throw refusedCode()
  const session = await withCode(resources, wish, caller, async (flow) => {
    if (flow.begunAt < link.begunAt || flow.sessionId !== null) throw refusedCode(flow.rateLimits)
    const userId = await userOfFlow(resources, flow)
    await refuseBlocked(resources, userId, refusedCode(flow.rateLimits))
    return transaction(resources.sql, async (tx) => {
      await useLink(tx, resources, link, userId)
      await rememberAddress(tx, { addressHash: flow.addressHash, userId, confirmedAt: resources.now() })
      if (sberId.tellsCompleted) await queueCompletion(tx, resources, link.completionSealed)
      const opened = await openSession({ ...resources, sql: tx }, { userId, method: provider, caller })
      await useFlow({ ...resources, sql: tx }, flow, opened.id)
      return opened
    })
  })
  return giveTokens(resources, session)
}

const findLink = async (
  { sql, now, codePeppers }: Resources,
  { linkId, linkSecret }: LinkWish,
): Promise<Link | undefined> => {
  const [link] = await sql<(Link & { secretHash: string; pepperId: string })[]>`
    select id, subjects, completion_sealed, begun_at, secret_hash, pepper_id from identity_links
    where id = ${linkId} and expires_at > ${now()}`
  const hash = link && (await codePeppers.find(link.pepperId))
  return hash && isSame(link.secretHash, await hash('link-secret', linkId, linkSecret)) ? link : undefined
}

const useLink = async (
  tx: Transaction,
  resources: Resources,
  { id, subjects }: Link,
  userId: string,
): Promise<void> => {
  const used = await tx`delete from identity_links where id = ${id} returning id`
  if (used.length === 0) throw refusedCode()
  await linkSubjects(tx, resources, userId, subjects)
}
