import type { Context } from 'hono'
import { answerSignedIn } from '../authorize/answer.ts'
import { type AuthorizationRequest, readAuthorization } from '../authorize/authorization-request.ts'
import { keepBrowserSession } from '../authorize/browser-session.ts'
import type { Linked } from '../identities/link-to-signed-in.ts'
import type { Provider } from '../identities/provider.ts'
import type { ToConfirm } from '../identities/sign-in-by-provider.ts'
import type { Resources } from '../resources.ts'
import type { SignedIn } from '../tokens/give-tokens.ts'
import { sendMessage } from './message-page.tsx'
import { forgetProgress, keepProgress, readProgress } from './progress.ts'

type Env = { Bindings: Resources }

/** Less than a link lives, so that no page offers one that is over. */
const linkMs = 9 * 60_000

const waitingRequest = async <E extends Env>(c: Context<E>): Promise<AuthorizationRequest | undefined> => {
  const { back } = await readProgress(c)
  if (back === undefined) return undefined
  const read = readAuthorization(back, c.env.browserClients)
  return 'error' in read ? undefined : read
}

/** Back from a provider a browser gets no token: it goes on to the application that waits, or is told what has happened. */
export const landAfterProvider = async <E extends Env>(
  c: Context<E>,
  provider: Provider,
  outcome: SignedIn | ToConfirm | Linked,
): Promise<Response> => {
  const request = await waitingRequest(c)
  if ('accessToken' in outcome) {
    await keepBrowserSession(c, outcome.sessionId)
    forgetProgress(c)
    const session = { id: outcome.sessionId, signedInAt: c.env.now(), provenAt: null }
    return request ? answerSignedIn(c, request, session) : sendMessage(c, 'signedIn')
  }
  if (outcome.state === 'linked') return sendMessage(c, 'linked', provider)
  const { linkId, linkSecret } = outcome
  const until = c.env.now().getTime() + linkMs
  await keepProgress(c, { link: { linkId, linkSecret, until, provider: provider.name } })
  return request
    ? c.redirect(`${c.env.issuer}/v1/authorize?${request.query}`, 303)
    : sendMessage(c, 'confirm', provider)
}
