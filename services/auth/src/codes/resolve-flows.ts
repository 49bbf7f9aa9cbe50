import { transaction } from '@kontora/postgres'
import { holdGuess, joinGuesses, payersOf } from '../budgets/guesses.ts'
import { currentLetterKey } from '../notification/keep-letter-keys.ts'
import type { LetterKey } from '../notification/letter-keys.ts'
import type { Resources } from '../resources.ts'
import type { DueFlow } from './flow.ts'
import { sealNothing, sendCode } from './send-code.ts'

/** `unknown` waits: neither `client` nor our own memory could say. */
type Resolution = { userId: string } | 'nobody' | 'blocked' | 'unknown'

const retryMs = 1000

/** Finds out whose address it is and sends the code, after the answer to the asker has left. */
export const resolveFlows = async (resources: Resources): Promise<number> => {
  const { sql, now, log } = resources
  const time = now()
  const due = await sql<DueFlow[]>`
    update flows set ask_at = ${new Date(time.getTime() + retryMs)}
    where id in (
      select id from flows where state = 'resolving' and ask_at <= ${time} and expires_at > ${time}
      order by ask_at limit 20 for update skip locked
    )
    returning id, address_hash, address_sealed, locale, expires_at, device_hash, pepper_id,
      keeps_silent, proves_session_id, tries`
  let key: Promise<LetterKey> | undefined
  const keyOfAll = () => {
    key ??= currentLetterKey(resources)
    return key
  }
  const done = await Promise.allSettled(due.map((flow) => resolveFlow(resources, flow, keyOfAll)))
  for (const one of done) if (one.status === 'rejected') log.warn('flow-not-resolved', {}, one.reason)
  return due.length
}

const resolveFlow = async (
  resources: Resources,
  flow: DueFlow,
  letterKey: () => Promise<LetterKey>,
): Promise<void> => {
  const email = await resources.seal.open('address', flow.addressSealed)
  const who = await resolve(resources, email)
  if (who === 'unknown') return
  const userId = typeof who === 'object' ? who.userId : null
  const isTheirs = userId !== null || (who === 'nobody' && resources.registration === 'open')
  const isSent = isTheirs && (await isOfSession(resources, flow, userId))
  const sending = { flow, email, userId, key: await letterKey() }
  if (isSent && !flow.keepsSilent) return sendCode(resources, sending)
  await sealNothing(resources, sending)
  await silence(resources, flow, userId)
}

/** A code for a session's second proof goes to its own person alone. */
const isOfSession = async (
  { sql, now }: Resources,
  { provesSessionId }: DueFlow,
  userId: string | null,
): Promise<boolean> => {
  if (provesSessionId === null) return true
  const [session] = await sql<{ userId: string }[]>`
    select user_id from sessions where id = ${provesSessionId} and ended_at is null and expires_at > ${now()}`
  return session !== undefined && session.userId === userId
}

const resolve = async (resources: Resources, email: string): Promise<Resolution> => {
  try {
    const known = await resources.directory.resolve(email)
    if (!known) return 'nobody'
    return known.blocked ? 'blocked' : { userId: known.userId }
  } catch (error) {
    resources.log.warn('client-not-reached', {}, error)
    return remembered(resources, email)
  }
}

const remembered = async ({ sql, access, pepper }: Resources, email: string): Promise<Resolution> => {
  const [known] = await sql<{ userId: string }[]>`
    select user_id from known_addresses where address_hash in ${sql(await pepper.each('address', email))}
    order by confirmed_at desc limit 1`
  if (!known) return 'unknown'
  const { blocked } = await access.standing(known.userId, undefined)
  return blocked ? 'blocked' : known
}

/** Nothing is sent, and nothing else differs: its tries are counted like any other's. */
const silence = (resources: Resources, flow: DueFlow, userId: string | null): Promise<void> =>
  transaction(resources.sql, async (tx) => {
    const silent = await tx`
      update flows set state = 'silent', user_id = ${userId}, address_sealed = null, ask_at = null
      where id = ${flow.id} and state = 'resolving' returning id`
    if (silent.length === 0) return
    const own = { ...resources, sql: tx }
    const owned = { ...flow, userId }
    await joinGuesses(own, flow.id, owned)
    if (!flow.keepsSilent) await holdGuess(own, flow.id, payersOf(owned), flow.expiresAt)
  })
