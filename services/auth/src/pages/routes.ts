import { describe, validate } from '@kontora/service'
import { languageOfRequest, ownForm, tellPeople } from '@kontora/service/pages'
import { Email, HeaderToken } from '@kontora/validation'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { sendBack } from '../authorize/answer.ts'
import type { AuthorizationRequest } from '../authorize/authorization-request.ts'
import { browserSession } from '../authorize/browser-session.ts'
import { requestOf } from '../authorize/request-of.ts'
import { PageAssertion } from '../passkeys/page-passkey.ts'
import { ChallengeSecret } from '../passkeys/sign-in-by-passkey.ts'
import type { Resources } from '../resources.ts'
import { askByPage } from './ask-by-page.ts'
import { keepProgress, type Progress, readProgress } from './progress.ts'
import { showSignIn } from './show-sign-in.tsx'
import { signInByPage } from './sign-in-by-page.ts'
import { signInByPagePasskey } from './sign-in-by-page-passkey.ts'
import { wordsIn } from './words.ts'

type Env = { Bindings: Resources }

const Key = HeaderToken(255)
/** What a person types is judged by the page itself, in words. */
const AddressForm = v.object({ email: v.pipe(v.string(), v.maxLength(1000)), key: Key })
const AgainForm = v.object({ key: Key })
const CodeForm = v.object({ code: v.pipe(v.string(), v.maxLength(100)) })

const answers = { 303: null, 400: 'text/html', 401: 'text/html', 429: 'text/html', 503: 'text/html' }
const own = () => ownForm<Resources>(({ issuer }) => new URL(issuer).origin)

/** There is no code that this browser waits for: it is signed in already, in another tab, or it begins again. */
const beginAgain = async (c: Context<Env>, request: AuthorizationRequest, { link }: Progress) => {
  const session = await browserSession(c)
  if (session && request.prompt !== 'login')
    return sendBack(c, `${c.env.issuer}/v1/authorize?${request.query}`)
  const fault = { text: wordsIn(languageOfRequest(c)).fault.lost }
  return showSignIn(c, request, { link }, { fault, status: 400 })
}

export const signInPages = new Hono<Env>()
  .post(
    '/address',
    describe('The page asks for a code', answers),
    ...[tellPeople(), own()],
    validate('form', AddressForm),
    async (c) => {
      const request = requestOf(c)
      const { link } = await readProgress(c)
      const { email: typed, key } = c.req.valid('form')
      const email = v.safeParse(Email, typed)
      if (email.success) return askByPage(c, request, { link }, { email: email.output, key })
      const fault = { text: wordsIn(languageOfRequest(c)).fault.email, field: 'email' as const }
      return showSignIn(c, request, { link }, { fault, status: 400, email: typed })
    },
  )
  .post(
    '/code',
    describe('The page signs in', answers),
    ...[tellPeople(), own()],
    validate('form', CodeForm),
    async (c) => {
      const request = requestOf(c)
      const { asked, ...progress } = await readProgress(c)
      if (!asked) return beginAgain(c, request, progress)
      const code = c.req.valid('form').code.replaceAll(/[\s-]/g, '')
      if (/^\d{6}$/.test(code)) return signInByPage(c, request, { ...progress, asked }, code)
      const fault = { text: wordsIn(languageOfRequest(c)).fault.form, field: 'code' as const }
      return showSignIn(c, request, { asked }, { fault, status: 400 })
    },
  )
  .post(
    '/by-passkey',
    describe('The page signs in with a passkey', answers),
    ...[tellPeople(), own()],
    validate('form', v.object({ ...PageAssertion.entries, challengeSecret: ChallengeSecret })),
    async (c) => signInByPagePasskey(c, requestOf(c), c.req.valid('form')),
  )
  .post(
    '/again',
    describe('The page asks for another code', answers),
    ...[tellPeople(), own()],
    validate('form', AgainForm),
    async (c) => {
      const request = requestOf(c)
      const progress = await readProgress(c)
      if (!progress.asked) return beginAgain(c, request, progress)
      return askByPage(c, request, progress, {
        email: progress.asked.email,
        key: c.req.valid('form').key,
      })
    },
  )
  .post(
    '/change',
    describe('The page goes back to the address', { 303: null }),
    ...[tellPeople(), own()],
    async (c) => {
      const request = requestOf(c)
      await keepProgress(c, { link: (await readProgress(c)).link })
      return c.redirect(`${c.env.issuer}/v1/authorize?${request.query}`, 303)
    },
  )
