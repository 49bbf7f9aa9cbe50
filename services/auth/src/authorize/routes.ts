import { describe } from '@kontora/service'
import { tellPeople } from '@kontora/service/pages'
import { Hono } from 'hono'
import { readProgress } from '../pages/progress.ts'
import { showSignIn } from '../pages/show-sign-in.tsx'
import type { Resources } from '../resources.ts'
import { answerSignedIn, refuse, sendBack } from './answer.ts'
import { errorAddress, readAuthorization } from './authorization-request.ts'
import { browserSession } from './browser-session.ts'
import { needOf } from './needs.ts'

export const authorizations = new Hono<{ Bindings: Resources }>().get(
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
    if (session && need !== 'sign-in') return answerSignedIn(c, read, session)
    if (read.prompt === 'none') return refuse(c, read, 'login_required', 'prompt: nobody is signed in')
    return showSignIn(c, read, await readProgress(c))
  },
)
