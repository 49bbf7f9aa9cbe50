import { type Transaction, transaction } from '@kontora/postgres'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { rememberAddress } from '../addresses/remember-address.ts'
import { CodeTry, refusedCode, useFlow, withCode } from '../codes/try-code.ts'
import { type Device, rememberDevice } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { queueCompletion } from '../sber-id/tell-completed.ts'
import { openSession, refuseBlocked } from '../sessions/open-session.ts'
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
  { agentHash, device, network }: { agentHash: string; device: Device; network?: string | undefined },
  wish: LinkWish,
): Promise<SignedIn> => {
  const link = await findLink(resources, provider, wish)
  if (!link) throw refusedCode()
  const session = await withCode(resources, wish, { device, network }, async (flow) => {
    if (flow.begunAt < link.begunAt || flow.sessionId !== null) throw refusedCode(flow.rateLimits)
    const { addressHash } = flow
    const userId = await userOfFlow(resources, flow)
    await refuseBlocked(resources, userId, refusedCode(flow.rateLimits))
    return transaction(resources.sql, async (tx) => {
      await useLink(tx, resources, provider, link, userId)
      await rememberAddress(tx, { addressHash, userId, confirmedAt: resources.now() })
      await rememberDevice(tx, { deviceHash: device.hash, addressHash, userId, seenAt: resources.now() })
      if (link.completionSealed) await queueCompletion(tx, resources, link.completionSealed)
      const opening = { userId, method: provider.name, deviceHash: agentHash }
      const opened = await openSession({ ...resources, sql: tx }, opening)
      await useFlow({ ...resources, sql: tx }, flow, opened.id)
      return opened
    })
  })
  return giveTokens(resources, session)
}

const findLink = async (
  { sql, now, pepper }: Resources,
  { name }: Provider,
  { linkId, linkSecret }: LinkWish,
): Promise<Link | undefined> => {
  const [link] = await sql<Link[]>`
    select id, subjects, completion_sealed, begun_at from identity_links
    where id = ${linkId} and provider = ${name} and secret_hash = ${await pepper('link-secret', linkId, linkSecret)}
      and expires_at > ${now()}`
  return link
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
