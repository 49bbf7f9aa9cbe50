import { languageOfRequest } from '@kontora/service/pages'
import type { Context } from 'hono'
import type { AuthorizationRequest } from '../authorize/authorization-request.ts'
import { callerOf } from '../budgets/caller.ts'
import { askForCode } from '../codes/ask-for-code.ts'
import type { Resources } from '../resources.ts'
import { keepProgress, type Progress } from './progress.ts'
import { refusedInWords } from './refused-in-words.ts'
import { showSignIn } from './show-sign-in.tsx'

/** The same question as by the API, and the answer is as equal for all addresses; then the browser waits for the code. */
export const askByPage = async <E extends { Bindings: Resources }>(
  c: Context<E>,
  request: AuthorizationRequest,
  progress: Progress,
  { email, key }: { email: string; key: string },
): Promise<Response> => {
  const language = languageOfRequest(c)
  try {
    const caller = { key, ...(await callerOf(c)) }
    const { flowId, flowSecret, expiresAt, resendAfterSeconds } = await askForCode(
      c.env,
      { email, locale: language },
      caller,
    )
    const resendAt = c.env.now().getTime() + resendAfterSeconds * 1000
    const asked = { email, flowId, flowSecret, expiresAt: expiresAt.getTime(), resendAt, wrong: 0 }
    await keepProgress(c, { link: progress.link, asked })
    return c.redirect(`${c.env.issuer}/v1/authorize?${request.query}`, 303)
  } catch (error) {
    const told = refusedInWords(error, language, 'coolDown')
    if (!told) throw error
    if (told.retryAfterSeconds !== undefined) c.header('retry-after', String(told.retryAfterSeconds))
    return showSignIn(c, request, progress, { ...told, email })
  }
}
