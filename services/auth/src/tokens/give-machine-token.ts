import type { Resources } from '../resources.ts'
import { signMachineToken } from './give-tokens.ts'
import { OAuthRefusal } from './oauth-refusal.ts'
import { type ClientProof, proveClient } from './prove-client.ts'

export type MachineWish = ClientProof & { audience: string }

const services = new Set(['auth', 'client', 'documents', 'notification', 'payment', 'kafka-http'])

export const giveMachineToken = async (resources: Resources, wish: MachineWish): Promise<string> => {
  if (!services.has(wish.audience)) throw new OAuthRefusal('invalid_target', 'audience: a service of ours')
  return signMachineToken(resources, await proveClient(resources, wish), wish.audience)
}
