import { type Transaction, transaction } from '@kontora/postgres'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { rememberAddress } from '../addresses/remember-address.ts'
import type { Browser } from '../budgets/caller.ts'
import { refusedCode } from '../codes/refused-code.ts'
import { CodeTry, useFlow, withCode } from '../codes/try-code.ts'
import { rememberDevice } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { queueCompletion } from '../sber-id/tell-completed.ts'
import { isSame } from '../secrets/pepper.ts'
import { openSession, prepareSession, refuseBlocked } from '../sessions/open-session.ts'
import { userOfFlow } from '../sessions/user-of-flow.ts'
import { giveTokens, type SignedIn } from '../tokens/give-tokens.ts'
import { linkSubjects } from './identity.ts'
import type { Provider } from './provider.ts'

export const LinkWish = v.strictObject({
  linkId: Id,
  linkSecret: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/, '22 characters of base64url')),
  ...CodeTry.entries,
})
export type LinkWish = v.InferOutput<typeof LinkWish>

type Link = { id: string; subjects: string[]; completionSealed: string; begunAt: Date }

/** The code must have been asked for after the provider had answered: an older one was meant for something else. */
export const linkIdentity = async (
  resources: Resources,
  provider: Provider,
  browser: Browser,
  wish: LinkWish,
): Promise<SignedIn> => {
  const link = await findLink(resources, provider, wish)
  if (!link) throw refusedCode()
  const session = await withCode(resources, wish, browser, async (flow) => {
    if (flow.begunAt < link.begunAt || flow.sessionId !== null) throw refusedCode(flow.rateLimits)
    const userId = await userOfFlow(resources, flow)
    await refuseBlocked(resources, userId, refusedCode(flow.rateLimits))
    const { addressHash } = flow
    const opening = { userId, method: provider.name, caller: browser }
    const prepared = await prepareSession(resources, opening)
    return transaction(resources.sql, async (tx) => {
      await useLink(tx, resources, provider, link, userId)
      await rememberAddress(tx, { addressHash, userId, confirmedAt: resources.now() })
      const seenAt = resources.now()
      await rememberDevice(tx, { deviceHash: browser.device.hash, addressHash, userId, seenAt })
      if (link.completionSealed) await queueCompletion(tx, resources, link.completionSealed)
      const own = { ...resources, sql: tx }
      const opened = await openSession(own, prepared)
      await useFlow(own, flow, opened.id)
      return opened
    })
  })
  return giveTokens(resources, session)
}

const findLink = async (
  { sql, now, codePeppers }: Resources,
  { name }: Provider,
  { linkId, linkSecret }: LinkWish,
): Promise<Link | undefined> => {
  const [link] = await sql<(Link & { secretHash: string; pepperId: string })[]>`
    select id, subjects, completion_sealed, begun_at, secret_hash, pepper_id from identity_links
    where id = ${linkId} and provider = ${name} and expires_at > ${now()}`
  const hash = link && (await codePeppers.find(link.pepperId))
  return hash && isSame(link.secretHash, await hash('link-secret', linkId, linkSecret)) ? link : undefined
}

const useLink = async (
  tx: Transaction,
  resources: Resources,
  provider: Provider,
  { id, subjects }: Link,
  userId: string,
): Promise<void> => {
  const used = await tx`delete from identity_links where id = ${id} returning id`
  if (used.length === 0) throw refusedCode()
  await linkSubjects(tx, resources, provider, userId, subjects)
}
