import type { Resources } from '../resources.ts'
import { OAuthRefusal } from './oauth-refusal.ts'
import { type ClientProof, proveClient } from './prove-client.ts'

export type CallerFields = { client_id?: string | undefined; client_assertion?: string | undefined }

const hasProof = (form: CallerFields): form is ClientProof => form.client_assertion !== undefined

/** A service of ours proves itself; an application in a browser has nothing to do it with, and names itself. */
export const callingClient = async (
  resources: Resources,
  form: CallerFields,
): Promise<string | undefined> => {
  if (hasProof(form)) return proveClient(resources, form)
  if (form.client_id !== undefined && resources.machineClients.has(form.client_id))
    throw new OAuthRefusal('invalid_client', 'client_assertion: this client proves itself')
  return form.client_id
}

/** Who may use what was given to a client: itself, and nobody else by leaving its name out. */
export const isOfCaller = (
  { machineClients }: Pick<Resources, 'machineClients'>,
  clientId: string,
  caller: string | undefined,
): boolean => caller === clientId || (caller === undefined && !machineClients.has(clientId))
