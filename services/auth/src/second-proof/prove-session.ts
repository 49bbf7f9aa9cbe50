import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { Caller } from '../budgets/caller.ts'
import type { Resources } from '../resources.ts'
import { agentHashOf } from '../sessions/agent.ts'
import { closeSeen } from '../sessions/seen.ts'
import type { Session } from '../sessions/session.ts'
import type { SecondProof } from './ways.ts'

/** Whose session, and from where he proves it. */
export type Prover = { userId: string; sessionId: string; clientId: string; caller: Caller }

/** Whoever calls it has seen the proof and called `refuseBlocked`. The family rotates as at a refresh. */
export const proveSession = (
  { sql, ...resources }: Pick<Resources, 'now' | 'pepper' | 'seal'> & { sql: Transaction },
  { userId, sessionId, clientId, caller }: Prover,
  provenBy: SecondProof,
): Promise<Session> =>
  transaction(sql, async (tx) => {
    const time = resources.now()
    const [session] = await tx<Session[]>`
      update sessions set proven_at = ${time}, proven_by = ${provenBy}, generation = generation + 1,
        rotated_at = ${time}, device_hash = ${await agentHashOf(resources, caller)},
        seen_sealed = ${await closeSeen(resources, caller)}
      where id = ${sessionId} and user_id = ${userId} and ended_at is null and expires_at > ${time}
      returning id, user_id, method, client_id, generation, signed_in_at, proven_at, proven_by`
    if (!session) throw new Problem('not-signed-in', 'This session has ended')
    // These are the session's own tokens: an application has others, and asks where it was given them.
    if (session.clientId !== clientId)
      throw new Problem('forbidden', 'An application asks for a second proof at /v1/authorize')
    return session
  })
