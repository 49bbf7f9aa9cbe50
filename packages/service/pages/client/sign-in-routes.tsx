/** @jsxImportSource hono/jsx */
import { HeaderToken } from '@kontora/validation'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { describe } from '../../openapi/operation.ts'
import { validate } from '../../validate.ts'
import { Frame } from '../frame.tsx'
import { ownForm } from '../own-form.ts'
import { languageOfRequest, type PageWords, tellPeople } from '../problem-page.tsx'
import { sendPage } from '../send-page.ts'
import { exchange, revoke } from './ask-auth.ts'
import { askingOf, beginSignIn, clientOf, originOfPages, type PageEnv } from './begin.ts'
import { forget, keep, readKept, takeBegun } from './kept.ts'

const Start = v.object({ to: v.optional(v.pipe(v.string(), v.maxLength(200)), '') })
const Back = v.object({
  state: HeaderToken(200),
  iss: HeaderToken(500),
  code: v.optional(HeaderToken(500)),
  error: v.optional(v.pipe(v.string(), v.maxLength(200))),
})

const words: Record<'ru' | 'en', PageWords & { again: string }> = {
  ru: {
    title: 'Вход не завершён',
    text: 'Он был начат слишком давно, в другом браузере или отменён. Попробуйте ещё раз.',
    again: 'Войти',
  },
  en: {
    title: 'You are not signed in',
    text: 'This sign-in was begun too long ago, in another browser, or was given up. Try again.',
    again: 'Sign in',
  },
}

const notSignedIn = (c: Context<PageEnv>): Promise<Response> => {
  const language = languageOfRequest(c)
  const { title, text, again } = words[language]
  return sendPage(
    c,
    <Frame language={language} title={title}>
      <h1>{title}</h1>
      <p>{text}</p>
      <p>
        <a class="button" href={`${clientOf(c).url}/sign-in`}>
          {again}
        </a>
      </p>
    </Frame>,
    { status: 401 },
  )
}

type Back = v.InferOutput<typeof Back>

/** RFC 9207: an answer of another issuer is none of ours. A code is sent on once, for a second use would end the session. */
const comeBack = async (c: Context<PageEnv>, { state, iss, code }: Back): Promise<Response> => {
  const client = clientOf(c)
  const begun = await takeBegun(c, client, state)
  if (!begun)
    return (await readKept(c, client)) ? c.redirect(`${client.url}${client.home}`, 303) : notSignedIn(c)
  const tokens =
    iss === client.issuer && code !== undefined
      ? await exchange(askingOf(c), code, begun.verifier)
      : undefined
  if (!tokens) return notSignedIn(c)
  await keep(c, client, tokens, c.env.now())
  return c.redirect(`${client.url}${begun.to}`, 303)
}

const leave = async (c: Context<PageEnv>): Promise<Response> => {
  const client = clientOf(c)
  const kept = await readKept(c, client)
  if (kept) await revoke(askingOf(c), kept.refresh)
  forget(c, client)
  const wanted = new URLSearchParams({
    client_id: client.name,
    post_logout_redirect_uri: `${client.url}${client.home}`,
  })
  return c.redirect(`${client.issuer}/v1/sign-out?${wanted}`, 303)
}

/** What a service with pages mounts at its top. */
export const signInRoutes = () =>
  new Hono<PageEnv>()
    .use('/sign-in/*', async (c, next) => {
      c.header('cache-control', 'no-store')
      c.header('referrer-policy', 'no-referrer')
      await next()
    })
    .get(
      '/sign-in',
      describe('Sends the browser to sign in', { 303: null }, ['not-found']),
      tellPeople(),
      validate('query', Start),
      (c) => beginSignIn(c, c.req.valid('query').to),
    )
    .get(
      '/sign-in/callback',
      describe('The browser is back, signed in or not', { 303: null, 401: 'text/html' }, ['not-found']),
      tellPeople(),
      validate('query', Back),
      (c) => comeBack(c, c.req.valid('query')),
    )
    .post(
      '/sign-out',
      describe('Signs this browser out of all applications', { 303: null }, ['not-found']),
      ...[tellPeople(), ownForm(originOfPages)],
      leave,
    )
