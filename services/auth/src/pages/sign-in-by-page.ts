import { Problem } from '@kontora/service'
import { type Language, languageOfRequest } from '@kontora/service/pages'
import type { Context } from 'hono'
import { answerSignedIn } from '../authorize/answer.ts'
import type { AuthorizationRequest } from '../authorize/authorization-request.ts'
import { keepBrowserSession } from '../authorize/browser-session.ts'
import { callerOf } from '../budgets/caller.ts'
import { triesPerCode } from '../codes/flow.ts'
import { keepDevice } from '../devices/device-cookie.ts'
import { makeDevice } from '../devices/known-device.ts'
import { linkIdentity } from '../identities/link-identity.ts'
import { type Provider, providersOf, usable } from '../identities/provider.ts'
import type { Resources } from '../resources.ts'
import { signIn } from '../sessions/sign-in.ts'
import { type AskedCode, forgetProgress, keepProgress, type Link, type Progress } from './progress.ts'
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
  const language = languageOfRequest(c)
  if (isSpent(progress.asked, c.env.now())) return showSignIn(c, request, progress, { status: 401 })
  try {
    const sessionId = await openByCode(c, progress, code)
    await keepBrowserSession(c, sessionId)
    forgetProgress(c)
    return await answerSignedIn(c, request, { id: sessionId, signedInAt: c.env.now(), provenAt: null })
  } catch (error) {
    if (error instanceof Problem && error.code === 'not-signed-in') return wrongCode(c, request, progress)
    const told = refusedInWords(error, language, 'wait', nameOf(c.env, progress.link, language))
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
  const caller = await callerOf(c)
  const browser = { ...caller, device: caller.device ?? (await makeDevice(c.env)) }
  const wanted = { flowId, flowSecret, code }
  const { sessionId } = isLive(link, c.env.now())
    ? await linkIdentity(c.env, providerOf(c.env, link), browser, {
        ...wanted,
        linkId: link.linkId,
        linkSecret: link.linkSecret,
      })
    : await signIn(c.env, browser, wanted)
  await keepDevice(c, browser.device)
  return sessionId
}

const isLive = (link: Link | undefined, now: Date): link is Link =>
  link !== undefined && link.until > now.getTime()

const providerOf = (resources: Resources, link: Link): Provider =>
  usable(providersOf(resources).find(({ name }) => name === link.provider))

const nameOf = (resources: Resources, link: Link | undefined, language: Language): string =>
  providersOf(resources).find(({ name }) => name === link?.provider)?.label[language] ?? ''

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
