import { transaction } from '@kontora/postgres'
import { readChallenge } from '../passkeys/challenge.ts'
import type { Assertion } from '../passkeys/passkey.ts'
import { tryPasskey, usePasskey } from '../passkeys/try-passkey.ts'
import type { Resources } from '../resources.ts'
import { refuseBlocked } from '../sessions/open-session.ts'
import type { Session } from '../sessions/session.ts'
import { type Prover, proveSession } from './prove-session.ts'
import { refusedProof } from './refused-proof.ts'

export type PasskeyProof = { challengeId: string; credential: Assertion }

/** His own passkey, for a challenge that was given to this session. */
export const proveByPasskey = async (
  resources: Resources,
  prover: Prover,
  { challengeId, credential }: PasskeyProof,
): Promise<Session> => {
  const refused = refusedProof(resources, 'This passkey is not valid')
  const use = { purpose: 'second-proof' as const, holder: prover.sessionId }
  const challenge = await readChallenge(resources, use, challengeId)
  const tried = await tryPasskey(resources, prover.caller.network, challenge, credential)
  if (tried?.userId !== prover.userId) throw refused
  await refuseBlocked(resources, prover.userId, refused)
  return transaction(resources.sql, async (tx) => {
    if (!(await usePasskey(tx, resources, tried))) throw refused
    return proveSession({ ...resources, sql: tx }, prover, 'passkey')
  })
}
