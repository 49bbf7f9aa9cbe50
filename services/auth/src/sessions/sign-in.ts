import { transaction } from '@kontora/postgres'
import { rememberAddress } from '../addresses/remember-address.ts'
import { type CodeTry, refusedCode, tryCode, useFlow } from '../codes/try-code.ts'
import type { Resources } from '../resources.ts'
import { giveTokens, type SignedIn } from '../tokens/give-tokens.ts'
import { openSession, refuseBlocked } from './open-session.ts'
import { userOfFlow } from './user-of-flow.ts'

export const signIn = async (
  resources: Resources,
  deviceHash: string,
  wanted: CodeTry,
): Promise<SignedIn> => {
  const flow = await tryCode(resources, wanted)
  const userId = await userOfFlow(resources, flow)
  await refuseBlocked(resources, userId, refusedCode())
  const session = await transaction(resources.sql, async (tx) => {
    await useFlow(tx, flow.id)
    await rememberAddress(tx, { addressHash: flow.addressHash, userId, confirmedAt: resources.now() })
    return openSession({ ...resources, sql: tx }, { userId, method: 'email-code', deviceHash })
  })
  return giveTokens(resources, session)
}
