import { refuseStale } from '@kontora/access'
import { Problem } from '@kontora/service'
import { languageOfRequest } from '@kontora/service/pages'
import type { Context } from 'hono'
import { answerSignedIn, sendBack } from '../authorize/answer.ts'
import type { AuthorizationRequest } from '../authorize/authorization-request.ts'
import { callerOf } from '../budgets/caller.ts'
import { type AskedProof, keepProgress, readProgress } from '../pages/progress.ts'
import { refusedInWords } from '../pages/refused-in-words.ts'
import type { Fault } from '../pages/sign-in-page.tsx'
import type { Resources } from '../resources.ts'
import type { Prover } from '../second-proof/prove-session.ts'
import type { Session } from '../sessions/session.ts'
import { showStepUp } from './show-step-up.tsx'

export type Standing = { request: AuthorizationRequest; session: Session }

/** `onWrong` says what a refused proof is told as, and what of the asked code is known by now. */
type Way = {
  prove: (prover: Prover) => Promise<Session>
  onWrong: () => { fault: Fault; proof?: AskedProof }
}

/** By the verbs of the API, so under its budgets; whoever has proven himself goes on to the application that waits. */
export const proveByPage = async <E extends { Bindings: Resources }>(
  c: Context<E>,
  { request, session }: Standing,
  { prove, onWrong }: Way,
): Promise<Response> => {
  const { proof, ...progress } = await readProgress(c)
  try {
    await refuseStale(c.env.access)
    const { id: sessionId, userId, clientId } = session
    const proven = await prove({ userId, sessionId, clientId, caller: await callerOf(c) })
    await keepProgress(c, progress)
    return await answerSignedIn(c, request, proven)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    // It has ended meanwhile, or he has got a passkey: the page shows what there is to do.
    if (error.code === 'not-signed-in' || error.code === 'conflict')
      return sendBack(c, `${c.env.issuer}/v1/authorize?${request.query}`)
    if (error.code === 'second-proof-needed') {
      const { fault, proof: known = proof } = onWrong()
      await keepProgress(c, { ...progress, proof: known })
      return showStepUp(c, request, session, { proof: known }, { fault, status: 401 })
    }
    const told = refusedInWords(error, languageOfRequest(c), 'wait')
    if (!told) throw error
    if (told.retryAfterSeconds !== undefined) c.header('retry-after', String(told.retryAfterSeconds))
    return showStepUp(c, request, session, { proof }, told)
  }
}
