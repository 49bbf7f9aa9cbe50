import type { AccessResources, ReadSnapshot } from '@kontora/access'
import {
  type Chance,
  type commonSettings,
  createMachineTokens,
  type machineSettings,
  type SettingsOf,
} from '@kontora/service'

type Read = SettingsOf<typeof commonSettings & typeof machineSettings>

/** A token of this service for another one, by that one's name. */
export type MachineToken = (audience: string) => Promise<string>

/** All that `client` knows of access, for a read model that knows nothing yet. */
export const snapshotFrom =
  (clientUrl: string, token: () => Promise<string>): ReadSnapshot =>
  async () => {
    const answer = await fetch(`${clientUrl.replace(/\/+$/, '')}/v1/access/snapshot`, {
      headers: { authorization: `Bearer ${await token()}` },
      signal: AbortSignal.timeout(30_000),
    })
    if (!answer.ok) throw new Error('client gave no snapshot')
    return answer.json()
  }

/** What a service has that asks others: its tokens, and with them the way to the snapshot. */
export const openMachine = (
  service: string,
  read: Read,
  { now, newId, access }: Pick<Chance, 'now' | 'newId'> & AccessResources,
) => {
  const machineToken: MachineToken = createMachineTokens({
    tokenUrl: read.AUTH_TOKEN_URL,
    issuer: read.AUTH_ISSUER,
    clientId: service,
    key: read.MACHINE_KEY,
    now,
    newId,
    isWithdrawn: access.isWithdrawn,
  })
  return { machineToken, readSnapshot: snapshotFrom(read.CLIENT_URL, () => machineToken('client')) }
}
