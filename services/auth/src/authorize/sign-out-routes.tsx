/** @jsxImportSource hono/jsx */
import { describe, Problem, validate } from '@kontora/service'
import { Frame, languageOfRequest, ownForm, sendPage, tellPeople } from '@kontora/service/pages'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { sendMessage } from '../pages/message-page.tsx'
import { wordsIn } from '../pages/words.ts'
import type { Resources } from '../resources.ts'
import { endSession } from '../sessions/end-session.ts'
import { browserSession, endBrowserSession } from './browser-session.ts'

type Env = { Bindings: Resources }

const Text = v.optional(v.pipe(v.string(), v.maxLength(1024)))
/** Named as OpenID Connect RP-Initiated Logout 1.0 names them. */
const SignOut = v.object({
  client_id: Text,
  post_logout_redirect_uri: Text,
  state: Text,
  ui_locales: Text,
})
type SignOut = v.InferOutput<typeof SignOut>

/** Where to send the browser afterwards, if the application has registered it; undefined for none. */
const returnAddress = (
  { env: { browserClients } }: Context<Env>,
  { client_id = '', post_logout_redirect_uri: uri, state }: SignOut,
): string | undefined => {
  if (uri === undefined) return undefined
  if (!browserClients.get(client_id)?.signOutUris.includes(uri))
    throw new Problem('invalid-input', 'The application may not be answered there', {
      fields: { post_logout_redirect_uri: 'exactly as registered' },
    })
  const url = new URL(uri)
  if (state !== undefined) url.searchParams.set('state', state)
  return url.href
}

const leave = (c: Context<Env>, to: string | undefined): Response | Promise<Response> => {
  endBrowserSession(c)
  c.header('cache-control', 'no-store')
  return to === undefined ? sendMessage(c, 'signedOut') : c.redirect(to, 303)
}

const ask = (c: Context<Env>, wish: SignOut, to: string | undefined): Promise<Response> => {
  const language = languageOfRequest(c)
  const { signOut } = wordsIn(language)
  const query = (more: SignOut = wish) =>
    new URLSearchParams(
      Object.entries(more).filter((entry): entry is [string, string] => entry[1] !== undefined),
    )
  const other = { ...wish, ui_locales: language === 'ru' ? 'en' : 'ru' }
  const page = (
    <Frame
      language={language}
      title={signOut.title}
      elsewhere={`${c.env.issuer}/v1/sign-out?${query(other)}`}
    >
      <h1>{signOut.title}</h1>
      <p>{signOut.text}</p>
      <form method="post" action={`${c.env.issuer}/v1/sign-out?${query()}`}>
        <button type="submit">{signOut.submit}</button>
      </form>
    </Frame>
  )
  return sendPage(c, page, { sendsTo: to === undefined ? [] : [new URL(to).origin] })
}

/** No other site signs anybody out by a link: a live session is asked about first. */
export const signOuts = new Hono<Env>()
  .get(
    '/',
    describe('Asks whether to sign out of this browser, or comes back when nobody is signed in', {
      200: 'text/html',
      303: null,
    }),
    tellPeople(),
    validate('query', SignOut),
    async (c) => {
      const wish = c.req.valid('query')
      const to = returnAddress(c, wish)
      return (await browserSession(c)) ? ask(c, wish, to) : leave(c, to)
    },
  )
  .post(
    '/',
    describe('Ends the session of this browser, with all tokens of it', { 200: 'text/html', 303: null }),
    ...[tellPeople(), ownForm<Resources>(({ issuer }) => new URL(issuer).origin)],
    validate('query', SignOut),
    async (c) => {
      const to = returnAddress(c, c.req.valid('query'))
      const session = await browserSession(c)
      if (session) await endSession(c.env, session.id)
      return leave(c, to)
    },
  )
