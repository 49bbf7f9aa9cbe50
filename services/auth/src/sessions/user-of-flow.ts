import { Problem } from '@kontora/service'
import { ClientFault } from '../client/client.ts'
import { refusedCode } from '../codes/refused-code.ts'
import type { OpenFlow } from '../codes/try-code.ts'
import type { Resources } from '../resources.ts'

/** By open registration the right code has proven the address, so now it becomes a user. The flow's id is the key. */
export const userOfFlow = async ({ directory, seal }: Resources, flow: OpenFlow): Promise<string> => {
  if (flow.userId) return flow.userId
  if (!flow.addressSealed) throw refusedCode(flow.rateLimits)
  const email = await seal.open('address', flow.addressSealed)
  try {
    return (await directory.register(email, flow.locale, flow.id)).userId
  } catch (error) {
    if (!(error instanceof ClientFault)) throw error
    throw new Problem('unavailable', 'Registration cannot be reached', { retryAfterSeconds: 2 })
  }
}
