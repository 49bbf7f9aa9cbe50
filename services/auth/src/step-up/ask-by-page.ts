import { refuseStale } from '@kontora/access'
import { Problem } from '@kontora/service'
import { languageOfRequest } from '@kontora/service/pages'
import type { Context } from 'hono'
import { sendBack } from '../authorize/answer.ts'
import { callerOf } from '../budgets/caller.ts'
import { keepProgress, readProgress } from '../pages/progress.ts'
import { refusedInWords } from '../pages/refused-in-words.ts'
import type { Resources } from '../resources.ts'
import { askForProofCode } from '../second-proof/ask-for-proof-code.ts'
import { waysOf } from '../second-proof/ways.ts'
import type { Standing } from './prove-by-page.ts'
import { showStepUp } from './show-step-up.tsx'
import { stepUpWordsIn } from './words.ts'

/** The same question as by the API: to his own address, for who has no passkey. */
export const askByPage = async <E extends { Bindings: Resources }>(
  c: Context<E>,
  { request, session }: Standing,
  key: string,
): Promise<Response> => {
  const language = languageOfRequest(c)
  const { proof, ...progress } = await readProgress(c)
  const { id: sessionId, userId } = session
  const back = () => sendBack(c, `${c.env.issuer}/v1/authorize?${request.query}`)
  try {
    await refuseStale(c.env.access)
    const asker = { userId, sessionId, key, ...(await callerOf(c)) }
    const { flowId, flowSecret, ...asked } = await askForProofCode(c.env, asker, language)
    const resendAt = c.env.now().getTime() + asked.resendAfterSeconds * 1000
    const expiresAt = asked.expiresAt.getTime()
    await keepProgress(c, {
      ...progress,
      proof: { sessionId, flowId, flowSecret, expiresAt, resendAt, wrong: 0 },
    })
    return back()
  } catch (error) {
    if (error instanceof Problem && error.code === 'conflict') {
      if ((await waysOf(c.env.sql, userId)).includes('passkey')) return back()
      const fault = { text: stepUpWordsIn(language).fault.noAddress }
      return showStepUp(c, request, session, { proof }, { fault, status: 409 })
    }
    const told = refusedInWords(error, language, 'coolDown')
    if (!told) throw error
    if (told.retryAfterSeconds !== undefined) c.header('retry-after', String(told.retryAfterSeconds))
    return showStepUp(c, request, session, { proof }, told)
  }
}
