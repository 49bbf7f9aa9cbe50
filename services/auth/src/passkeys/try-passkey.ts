import type { Transaction } from '@kontora/postgres'
import { giveBackRates, networkRate, takeRates } from '../budgets/rates.ts'
import type { Resources } from '../resources.ts'
import { type Challenge, useChallenge } from './challenge.ts'
import type { Assertion, Passkey } from './passkey.ts'
import { type Verified, verifyAssertion } from './verify.ts'

/** Verified, and good for nothing before `usePasskey`. */
export type TriedPasskey = Verified & { id: string; userId: string; challenge: Challenge }

/**
 * The guard before everything that a passkey gives: undefined for whatever is wrong, a passkey that nobody has among it. Who
 * tries at random spends the guesses of his network.
 */
export const tryPasskey = async (
  resources: Resources,
  network: string | undefined,
  challenge: Challenge | undefined,
  assertion: Assertion,
): Promise<TriedPasskey | undefined> => {
  const rates = networkRate(resources, 'guesses', network)
  await takeRates(resources, rates)
  const passkey = challenge && (await readPasskey(resources, assertion.id))
  const verified = passkey && (await verifyAssertion(resources.relyingParty, challenge, passkey, assertion))
  if (!verified) return undefined
  await giveBackRates(resources, rates)
  return { ...verified, id: passkey.id, userId: passkey.userId, challenge }
}

const readPasskey = async ({ sql }: Resources, credentialId: string): Promise<Passkey | undefined> => {
  const [passkey] = await sql<Passkey[]>`
    select id, user_id, credential_id, public_key, counter, backup_eligible from passkeys
    where credential_id = ${credentialId}`
  return passkey
}

/** In the transaction of what it gives: a challenge and a counter are good once, also for two who come at the same moment. */
export const usePasskey = async (
  tx: Transaction,
  { now }: Pick<Resources, 'now'>,
  { id, counter, backedUp, challenge }: TriedPasskey,
): Promise<boolean> => {
  if (!(await useChallenge(tx, challenge))) return false
  const used = await tx`
    update passkeys set counter = ${counter}, backed_up = ${backedUp}, used_at = ${now()}
    where id = ${id} and (counter < ${counter} or (counter = 0 and ${counter} = 0)) returning id`
  return used.length > 0
}
