import type { User } from '@kontora/access'
import { authPasskeyAdded, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { readChallenge, useChallenge } from './challenge.ts'
import { Attestation, ChallengeId, PasskeyName, passkeysPerPerson } from './passkey.ts'
import { verifyAttestation } from './verify.ts'

export const NewPasskey = v.strictObject({
  challengeId: ChallengeId,
  name: PasskeyName,
  credential: Attestation,
})
export type NewPasskey = v.InferOutput<typeof NewPasskey>

const refused = () =>
  new Problem('invalid-input', 'This passkey cannot be added', {
    fields: { credential: 'made for a challenge of the last 5 minutes, with user verification' },
  })

export const addPasskey = (
  resources: Resources,
  { id: userId, sessionId = '' }: User,
  { challengeId, name, credential }: NewPasskey,
): Promise<{ id: string }> =>
  transaction(resources.sql, async (tx) => {
    const { now, newId, relyingParty } = resources
    await holdPlace(tx, userId)
    const challenge = await readChallenge(resources, { purpose: 'add', holder: sessionId }, challengeId)
    const verified = challenge && (await verifyAttestation(relyingParty, challenge, credential))
    if (!verified || !(await useChallenge(tx, challenge))) throw refused()
    const passkey = { id: newId(), userId, name, addedAt: now(), ...verified }
    const added = await tx`
      insert into passkeys ${tx({ ...passkey, transports: tx.json(verified.transports) })}
      on conflict (credential_id) do nothing returning id`
    if (added.length === 0) throw new Problem('conflict', 'This passkey has been added before')
    const occurrence = { id: newId(), subject: userId, time: passkey.addedAt }
    await emit(tx, authPasskeyAdded, occurrence, { userId, passkeyId: passkey.id })
    return { id: passkey.id }
  })

/** One at a time for each person, or two at once would both be the twentieth. */
const holdPlace = async (tx: Transaction, userId: string): Promise<void> => {
  await tx`select pg_advisory_xact_lock(hashtextextended(${userId}, 3))`
  const [row] = await tx<{ count: number }[]>`
    select count(*)::integer as count from passkeys where user_id = ${userId}`
  if ((row?.count ?? 0) >= passkeysPerPerson)
    throw new Problem('conflict', `There are ${passkeysPerPerson} passkeys already: remove one first`)
}
