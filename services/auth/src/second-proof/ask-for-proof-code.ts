import { Problem } from '@kontora/service'
import type { Caller } from '../budgets/caller.ts'
import { ClientFault } from '../client/client.ts'
import { type Asked, askForCode } from '../codes/ask-for-code.ts'
import type { Resources } from '../resources.ts'
import { refuseDowngrade } from './ways.ts'

type Asker = Caller & { userId: string; sessionId: string; key?: string | undefined }

/** To his own address, as `client` has it now, and good for this session alone. */
export const askForProofCode = async (
  resources: Resources,
  { userId, sessionId, ...caller }: Asker,
  locale: 'ru' | 'en',
): Promise<Asked> => {
  await refuseDowngrade(resources.sql, userId)
  const email = await addressOf(resources, userId)
  return askForCode(resources, { email, locale }, { ...caller, provesSessionId: sessionId })
}

const addressOf = async ({ directory }: Resources, userId: string): Promise<string> => {
  const email = await directory.addressOf(userId).catch((error: unknown) => {
    if (!(error instanceof ClientFault)) throw error
    throw new Problem('unavailable', 'Your address cannot be asked just now', { retryAfterSeconds: 2 })
  })
  if (email === undefined) throw new Problem('conflict', 'There is no address to send a code to')
  return email
}
