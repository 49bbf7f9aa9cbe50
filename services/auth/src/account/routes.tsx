/** @jsxImportSource hono/jsx */
import { describe, Problem, validate } from '@kontora/service'
import { Frame, languageOfRequest, ownForm, sendPage, tellPeople } from '@kontora/service/pages'
import { Id } from '@kontora/validation'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { sendBack } from '../authorize/answer.ts'
import { endBrowserSession } from '../authorize/browser-session.ts'
import { deviceFrom } from '../devices/device-cookie.ts'
import { giveSecret } from '../identities/login-cookie.ts'
import { providersOf, usable } from '../identities/provider.ts'
import { startLogin } from '../identities/start-login.ts'
import { unlinkIdentity } from '../identities/unlink-identity.ts'
import { sendMessage } from '../pages/message-page.tsx'
import { addPasskey } from '../passkeys/add-passkey.ts'
import { namePasskey } from '../passkeys/name-passkey.ts'
import { PageAttestation } from '../passkeys/page-passkey.ts'
import { PasskeyName } from '../passkeys/passkey.ts'
import { removePasskey } from '../passkeys/remove-passkey.ts'
import { makeRecoveryCodes } from '../recovery-codes/make-recovery-codes.ts'
import type { Resources } from '../resources.ts'
import { endOwnSessions } from '../sessions/end-own-sessions.ts'
import { type OwnEnv, owner, proven, userOf } from './owner.ts'
import { accountAddress, showAccount } from './show-account.tsx'
import { accountWordsIn } from './words.ts'

type Ctx = Context<OwnEnv>

const ById = v.object({ id: Id })
const Typed = v.pipe(v.string(), v.maxLength(400))
const Named = v.object({ provider: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/, 'a-z, 0-9, -')) })

const answers = { 303: null, 400: 'text/html', 409: 'text/html', 503: 'text/html' }
const page = () =>
  [tellPeople(), ownForm<Resources>(({ issuer }) => new URL(issuer).origin), owner()] as const

/** What is gone already is what was wanted: the page shows how it stands now. */
const done = async (c: Ctx, work: Promise<unknown>): Promise<Response> => {
  await work.catch((error: unknown) => {
    if (!(error instanceof Problem && error.code === 'not-found')) throw error
  })
  return sendBack(c, accountAddress(c))
}

/** `codes` refuse in the words of this page. */
const orFault = async (c: Ctx, work: Promise<unknown>, codes: string[], fault: string): Promise<Response> => {
  try {
    return await done(c, work)
  } catch (error) {
    if (!(error instanceof Problem) || !codes.includes(error.code)) throw error
    return showAccount(c, { fault, status: 409 })
  }
}

const wordsOf = (c: Ctx) => accountWordsIn(languageOfRequest(c))

const showCodes = (c: Ctx, codes: string[]): Promise<Response> => {
  const { recovery } = wordsOf(c)
  return sendPage(
    c,
    <Frame language={languageOfRequest(c)} title={recovery.made}>
      <h1>{recovery.made}</h1>
      <p>{recovery.keep}</p>
      <ol class="codes">
        {codes.map((code) => (
          <li>{code}</li>
        ))}
      </ol>
      <p>
        <a class="button" href={accountAddress(c)}>
          {recovery.back}
        </a>
      </p>
    </Frame>,
  )
}

/** By a link and not by the form's answer: a page may send forms only to addresses that it knows beforehand. */
const showWayOn = async (c: Ctx, wanted: string): Promise<Response> => {
  const language = languageOfRequest(c)
  const provider = usable(providersOf(c.env).find(({ name }) => name === wanted))
  const { id: sessionId, userId } = c.var.session
  const { url, browserSecret } = await startLogin(c.env, provider, { userId, sessionId })
  giveSecret(c, browserSecret)
  const { title, text, submit } = wordsOf(c).providers.go(provider.label[language])
  return sendPage(
    c,
    <Frame language={language} title={title}>
      <h1>{title}</h1>
      <p>{text}</p>
      <p>
        <a class="button" href={url}>
          {submit}
        </a>
      </p>
    </Frame>,
  )
}

export const accounts = new Hono<OwnEnv>()
  .get(
    '/',
    describe('The page of one’s own security: sessions, passkeys, recovery codes, providers', {
      ...{ 200: 'text/html', 303: null },
    }),
    tellPeople(),
    owner(),
    (c) => showAccount(c),
  )
  .post(
    '/sessions/end',
    describe('The page ends a session', answers),
    ...page(),
    validate('form', ById),
    (c) => done(c, endOwnSessions(c.env, userOf(c.var.session), c.req.valid('form'))),
  )
  .post('/sessions/others', describe('The page ends all others', answers), ...page(), (c) =>
    done(c, endOwnSessions(c.env, userOf(c.var.session), 'others')),
  )
  .post('/sessions/all', describe('The page signs out everywhere', answers), ...page(), async (c) => {
    await endOwnSessions(c.env, userOf(c.var.session), 'all')
    endBrowserSession(c)
    return sendMessage(c, 'signedOut')
  })
  .post(
    '/passkeys/add',
    describe('The page adds a passkey', answers),
    ...[...page(), proven()],
    validate('form', v.object({ ...PageAttestation.entries, name: Typed })),
    (c) => {
      const { fault } = wordsOf(c)
      const { name: typed, ...made } = c.req.valid('form')
      const name = v.safeParse(PasskeyName, typed)
      if (!name.success) return showAccount(c, { fault: fault.name, status: 400 })
      const adding = addPasskey(c.env, userOf(c.var.session), { ...made, name: name.output })
      return orFault(c, adding, ['conflict', 'invalid-input'], fault.passkey)
    },
  )
  .post(
    '/passkeys/name',
    describe('The page names a passkey', answers),
    ...page(),
    validate('form', v.object({ id: Id, name: Typed })),
    (c) => {
      const { id, name: typed } = c.req.valid('form')
      const name = v.safeParse(PasskeyName, typed)
      if (!name.success) return showAccount(c, { fault: wordsOf(c).fault.name, status: 400 })
      return done(c, namePasskey(c.env, userOf(c.var.session), { id, name: name.output }))
    },
  )
  .post(
    '/passkeys/remove',
    describe('The page removes a passkey', answers),
    ...[...page(), proven()],
    validate('form', ById),
    (c) => done(c, removePasskey(c.env, userOf(c.var.session), c.req.valid('form').id)),
  )
  .post(
    '/recovery-codes',
    describe('The page makes recovery codes and shows them this once', answers),
    ...[...page(), proven()],
    async (c) => showCodes(c, await makeRecoveryCodes(c.env, userOf(c.var.session))),
  )
  .post(
    '/providers/link',
    describe('The page begins to link a provider', answers),
    ...[...page(), proven()],
    validate('form', Named),
    (c) => showWayOn(c, c.req.valid('form').provider),
  )
  .post(
    '/providers/unlink',
    describe('The page unlinks a provider', answers),
    ...[...page(), proven()],
    validate('form', Named),
    async (c) => {
      const by = { user: userOf(c.var.session), device: await deviceFrom(c) }
      const { provider } = c.req.valid('form')
      return orFault(c, unlinkIdentity(c.env, by, provider), ['conflict'], wordsOf(c).fault.lastWay)
    },
  )
