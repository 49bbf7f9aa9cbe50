import { Problem } from '@kontora/service'
import { languageOfRequest } from '@kontora/service/pages'
import type { Context } from 'hono'
import { answerSignedIn } from '../authorize/answer.ts'
import type { AuthorizationRequest } from '../authorize/authorization-request.ts'
import { keepBrowserSession } from '../authorize/browser-session.ts'
import { callerOf } from '../budgets/caller.ts'
import { type PasskeySignIn, signInByPasskey } from '../passkeys/sign-in-by-passkey.ts'
import type { Resources } from '../resources.ts'
import { forgetProgress } from './progress.ts'
import { refusedInWords } from './refused-in-words.ts'
import { showSignIn } from './show-sign-in.tsx'
import { wordsIn } from './words.ts'

/** By the verb of the API; the tokens that it gives are not for a page and go nowhere. */
export const signInByPagePasskey = async <E extends { Bindings: Resources }>(
  c: Context<E>,
  request: AuthorizationRequest,
  wanted: PasskeySignIn,
): Promise<Response> => {
  const language = languageOfRequest(c)
  try {
    const { sessionId } = await signInByPasskey(c.env, await callerOf(c), wanted)
    await keepBrowserSession(c, sessionId)
    forgetProgress(c)
    const time = c.env.now()
    return await answerSignedIn(c, request, { id: sessionId, signedInAt: time, provenAt: time })
  } catch (error) {
    const isRefused = error instanceof Problem && error.code === 'not-signed-in'
    const told = isRefused
      ? { fault: { text: wordsIn(language).fault.passkey }, status: 401 as const }
      : refusedInWords(error, language, 'wait')
    if (!told) throw error
    if ('retryAfterSeconds' in told) c.header('retry-after', String(told.retryAfterSeconds))
    return showSignIn(c, request, {}, told)
  }
}
