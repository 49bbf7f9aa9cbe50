import { Problem } from '@kontora/service'
import { languageOfRequest } from '@kontora/service/pages'
import type { Context } from 'hono'
import { answerSignedIn } from '../authorize/answer.ts'
import type { AuthorizationRequest } from '../authorize/authorization-request.ts'
import { keepBrowserSession } from '../authorize/browser-session.ts'
import { callerOf } from '../budgets/caller.ts'
import { triesPerCode } from '../codes/flow.ts'
import { keepDevice } from '../devices/device-cookie.ts'
import { makeDevice } from '../devices/known-device.ts'
import { linkIdentity } from '../identities/link-identity.ts'
import { sberIdOf } from '../identities/login-cookie.ts'
import type { Resources } from '../resources.ts'
import { signIn } from '../sessions/sign-in.ts'
import { deviceOf } from '../tokens/device.ts'
import { type AskedCode, forgetProgress, keepProgress, type Progress } from './progress.ts'
import { refusedInWords } from './refused-in-words.ts'
import { isSpent, showSignIn } from './show-sign-in.tsx'
import { wordsIn } from './words.ts'

type Env = { Bindings: Resources }

/** By the verbs of the API, so under its budgets; the tokens that they give are not for a page and go nowhere. */
export const signInByPage = async <E extends Env>(
  c: Context<E>,
  request: AuthorizationRequest,
  progress: Progress & { asked: AskedCode },
  code: string,
): Promise<Response> => {
  if (isSpent(progress.asked, c.env.now())) return showSignIn(c, request, progress, { status: 401 })
  try {
    const sessionId = await openByCode(c, progress, code)
    await keepBrowserSession(c, sessionId)
    forgetProgress(c)
    return await answerSignedIn(c, request, { id: sessionId, signedInAt: c.env.now() })
  } catch (error) {
    if (error instanceof Problem && error.code === 'not-signed-in') return wrongCode(c, request, progress)
    const told = refusedInWords(error, languageOfRequest(c), 'wait')
    if (!told) throw error
    if (told.retryAfterSeconds !== undefined) c.header('retry-after', String(told.retryAfterSeconds))
    return showSignIn(c, request, progress, told)
  }
}

const openByCode = async <E extends Env>(
  c: Context<E>,
  { asked: { flowId, flowSecret }, link }: Progress & { asked: AskedCode },
  code: string,
): Promise<string> => {
  const agentHash = await deviceOf(c.env, c.req.header('user-agent'))
  const caller = await callerOf(c)
  const wanted = { flowId, flowSecret, code }
  if (link && link.until > c.env.now().getTime()) {
    const wish = { ...wanted, linkId: link.linkId, linkSecret: link.linkSecret }
    return (await linkIdentity(c.env, sberIdOf(c), { ...caller, deviceHash: agentHash }, wish)).sessionId
  }
  const device = caller.device ?? (await makeDevice(c.env))
  const { sessionId } = await signIn(c.env, { agentHash, device, network: caller.network }, wanted)
  await keepDevice(c, device)
  return sessionId
}

/** Alike for a wrong code and one that nobody was sent. */
const wrongCode = async <E extends Env>(
  c: Context<E>,
  request: AuthorizationRequest,
  progress: Progress & { asked: AskedCode },
): Promise<Response> => {
  const asked = { ...progress.asked, wrong: progress.asked.wrong + 1 }
  await keepProgress(c, { ...progress, asked })
  const { fault } = wordsIn(languageOfRequest(c))
  const left = triesPerCode - asked.wrong
  const told = left > 0 ? { text: fault.wrong(left), field: 'code' as const } : { text: fault.spent }
  return showSignIn(c, request, { ...progress, asked }, { fault: told, status: 401 })
}
