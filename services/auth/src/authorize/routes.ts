import { describe } from '@kontora/service'
import { tellPeople } from '@kontora/service/pages'
import { type Context, Hono } from 'hono'
import { readProgress } from '../pages/progress.ts'
import { showSignIn } from '../pages/show-sign-in.tsx'
import type { Resources } from '../resources.ts'
import { showStepUp } from '../step-up/show-step-up.tsx'
import { answerSignedIn, refuse, sendBack } from './answer.ts'
import { type AuthorizationRequest, errorAddress, readAuthorization } from './authorization-request.ts'
import { browserSession } from './browser-session.ts'
import { needOf } from './needs.ts'

type Env = { Bindings: Resources }

/** OpenID Connect Core 3.1.2.6: without a page nobody can do what is missing. */
const refuseSilently = (
  c: Context<Env>,
  request: AuthorizationRequest,
  need: 'sign-in' | 'step-up' | 'nothing',
): Response =>
  need === 'step-up'
    ? refuse(c, request, 'interaction_required', 'prompt: a second proof is missing')
    : refuse(c, request, 'login_required', 'prompt: nobody is signed in')

export const authorizations = new Hono<Env>().get(
  '/',
  describe(
    'Sign in by the page and come back with a code (RFC 6749, 7636, 9207)',
    {
      200: 'text/html',
      303: null,
    },
    ['invalid-input'],
  ),
  tellPeople(),
  async (c) => {
    const read = readAuthorization(new URL(c.req.url).search, c.env.browserClients)
    if ('error' in read) return sendBack(c, errorAddress(c.env.issuer, read))
    const session = await browserSession(c)
    const need = needOf(read, session, c.env.now())
    if (need === 'unmet') return refuse(c, read, 'unmet_authentication_requirements', 'acr_values: unknown')
    if (session && need === 'nothing') return answerSignedIn(c, read, session)
    if (read.prompt === 'none') return refuseSilently(c, read, need)
    if (session && need === 'step-up') return showStepUp(c, read, session, await readProgress(c))
    return showSignIn(c, read, await readProgress(c))
  },
)
