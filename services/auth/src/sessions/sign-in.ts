import { transaction } from '@kontora/postgres'
import { rememberAddress } from '../addresses/remember-address.ts'
import type { Browser } from '../budgets/caller.ts'
import { refusedCode } from '../codes/refused-code.ts'
import { type CodeTry, giveBack, type OpenFlow, useFlow, withCode } from '../codes/try-code.ts'
import { rememberDevice } from '../devices/known-device.ts'
import type { Resources } from '../resources.ts'
import { giveTokens, type SignedIn } from '../tokens/give-tokens.ts'
import { agentHashesOf } from './agent.ts'
import { openSession, prepareSession, refuseBlocked } from './open-session.ts'
import type { Session } from './session.ts'
import { userOfFlow } from './user-of-flow.ts'

export const signIn = async (resources: Resources, browser: Browser, wanted: CodeTry): Promise<SignedIn> =>
  giveTokens(
    resources,
    await withCode(resources, wanted, browser, (flow) =>
      flow.sessionId === null ? open(resources, browser, flow) : openedBefore(resources, browser, flow),
    ),
  )

const open = async (resources: Resources, browser: Browser, flow: OpenFlow): Promise<Session> => {
  const userId = await userOfFlow(resources, flow)
  await refuseBlocked(resources, userId, refusedCode(flow.rateLimits))
  const { addressHash } = flow
  const prepared = await prepareSession(resources, { userId, method: 'email-code', caller: browser })
  return transaction(resources.sql, async (tx) => {
    const own = { ...resources, sql: tx }
    // Sent together: each is a round trip of its own otherwise.
    const [opened] = await Promise.all([
      openSession(own, prepared),
      rememberAddress(tx, { addressHash, userId, confirmedAt: resources.now() }),
      rememberDevice(tx, { deviceHash: browser.device.hash, addressHash, userId, seenAt: resources.now() }),
      useFlow(own, flow, prepared.session.id),
    ])
    return opened
  })
}

/** Sign-in is idempotent by its flow: the same device gets the same session again, as long as nobody has refreshed it. */
const openedBefore = async (resources: Resources, browser: Browser, flow: OpenFlow): Promise<Session> => {
  const { sql, now } = resources
  const agents = await agentHashesOf(resources, browser)
  const [session] = await sql<Session[]>`
    select id, user_id, method, client_id, generation, signed_in_at, proven_at, proven_by from sessions
    where id = ${flow.sessionId} and device_hash in ${sql(agents)} and generation = 1
      and ended_at is null and expires_at > ${now()}`
  if (!session) throw refusedCode(flow.rateLimits)
  await giveBack(resources, flow)
  return session
}
