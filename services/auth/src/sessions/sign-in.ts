import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { rememberAddress } from '../addresses/remember-address.ts'
import { ClientFault } from '../client/client.ts'
import { type CodeTry, type OpenFlow, refusedCode, tryCode, useFlow } from '../codes/try-code.ts'
import type { Resources } from '../resources.ts'
import { giveTokens, type SignedIn } from '../tokens/give-tokens.ts'
import { openSession, refuseBlocked } from './open-session.ts'

export const signIn = async (
  resources: Resources,
  deviceHash: string,
  wanted: CodeTry,
): Promise<SignedIn> => {
  const flow = await tryCode(resources, wanted)
  const userId = flow.userId ?? (await register(resources, flow))
  await refuseBlocked(resources, userId)
  const session = await transaction(resources.sql, async (tx) => {
    await useFlow(tx, flow.id)
    await rememberAddress(tx, { addressHash: flow.addressHash, userId, confirmedAt: resources.now() })
    return openSession({ ...resources, sql: tx }, { userId, method: 'email-code', deviceHash })
  })
  return giveTokens(resources, session)
}

/** Open registration: the right code has proven the address, so now it may become a user. The flow's id is the key. */
const register = async ({ directory, seal }: Resources, flow: OpenFlow): Promise<string> => {
  if (!flow.addressSealed) throw refusedCode()
  const email = await seal.open('address', flow.addressSealed)
  try {
    return (await directory.register(email, flow.locale, flow.id)).userId
  } catch (error) {
    if (!(error instanceof ClientFault)) throw error
    throw new Problem('unavailable', 'Registration cannot be reached', { retryAfterSeconds: 2 })
  }
}
