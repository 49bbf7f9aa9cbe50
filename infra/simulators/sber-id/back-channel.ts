import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Env, Simulator } from '../frame/simulator.ts'
import type { Store } from '../frame/store.ts'
import type { Registration } from './check-request.ts'
import type { Deviation } from './deviations.ts'
import { exchangeCode, findLogin, type Login } from './logins.ts'
import { makeIdToken, unsignedJwt } from './make-id-token.ts'
import { findPerson, type Person } from './people.ts'
import { findSettings } from './settings.ts'

type Options = { registration: Registration; iss: string; now: () => Date }

const userinfoPath = '/ru/prod/sberbankid/v2.1/userinfo'
const calls = {
  '/ru/prod/tokens/v2/oidc': 'token',
  [userinfoPath]: 'userinfo',
  '/api/v2/auth/completed': 'completed',
} as const

export const isBackChannel = (path: string): boolean => Object.hasOwn(calls, path)

export const addBackChannel = (simulator: Simulator, options: Options): void => {
  const { app, store } = simulator
  const error = errorsOf(store)
  for (const [path, call] of Object.entries(calls))
    app.use(path, async (c, next) => {
      const { refuses } = findSettings(store)
      if (refuses?.call !== call) return next()
      if (refuses.status < 400) return c.redirect(`${path}/elsewhere`, refuses.status as 302)
      return error(c, refuses.status as ContentfulStatusCode, 'simulated refusal')
    })
  addToken(simulator, options)
  addUserinfo(simulator, options)
  app.get('/api/v2/auth/completed', (c) => {
    const wrong = wrongNumber(c, store, 'rquid')
    if (wrong) return wrong
    const login = findLogin(store, bearerOf(c), options.now())
    if (!login) return error(c, 401, 'invalid_token')
    c.set('journal', { person: login.personId, rquid: c.req.header('rquid') })
    return c.body(null, 204)
  })
  for (const path of Object.keys(calls))
    app.all(path, (c) => error(c, 405, 'The method is not allowed for the requested URL'))
  app.notFound((c) => error(c, 404, 'No resources match requested URI'))
}

const addToken = ({ app, store }: Simulator, { registration, iss, now }: Options): void => {
  const error = errorsOf(store)
  app.post('/ru/prod/tokens/v2/oidc', async (c) => {
    const wrong = wrongNumber(c, store, 'rquid')
    if (wrong) return wrong
    if (!c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded'))
      return error(c, 400, 'invalid_request')
    const form = new URLSearchParams(await c.req.text())
    const refusal = refusalOf(form, registration)
    if (refusal) return error(c, ...refusal)
    const settings = findSettings(store)
    const time = now()
    const login = exchangeCode(store, {
      code: form.get('code') ?? '',
      redirectUri: form.get('redirect_uri') ?? '',
      verifier: form.get('code_verifier') ?? undefined,
      accessSeconds: settings.accessTokenSeconds,
      now: time,
    })
    const person = login && findPerson(store, login.personId)
    if (!person) return error(c, 400, 'invalid_grant')
    c.set('journal', { person: person.id, rquid: c.req.header('rquid') })
    const { clientId } = registration
    const { deviations } = settings
    return c.json({
      access_token: deviations.includes('no-access-token') ? undefined : login.accessToken,
      token_type: 'Bearer',
      expires_in: settings.accessTokenSeconds,
      scope: `${login.request.scope} ${new URL(c.req.url).origin}${userinfoPath}`,
      ...(!deviations.includes('no-id-token') && {
        id_token: makeIdToken(store, { iss, clientId, login, person, settings, now: time }),
      }),
      ...(deviations.includes('huge-token') && { padding }),
    })
  })
}

/** Above what any right answer may have: 64 KiB. */
const padding = 'x'.repeat(65 * 1024)

const refusalOf = (
  form: URLSearchParams,
  registration: Registration,
): [ContentfulStatusCode, string] | undefined => {
  if (form.get('client_id') !== registration.clientId) return [401, 'Client id not registered.']
  if (form.get('client_secret') !== registration.clientSecret) return [401, 'invalid_client']
  if (form.get('grant_type') !== 'authorization_code') return [400, 'unsupported_grant_type']
  return form.get('code') && form.get('redirect_uri') ? undefined : [400, 'invalid_request']
}

const addUserinfo = ({ app, store }: Simulator, { registration, iss, now }: Options): void => {
  app.get(userinfoPath, (c) => {
    const wrong = wrongNumber(c, store, 'x-introspect-rquid')
    if (wrong) return wrong
    const login = findLogin(store, bearerOf(c), now())
    const person = login && findPerson(store, login.personId)
    if (!person) return errorsOf(store)(c, 401, 'invalid_token')
    const { deviations } = findSettings(store)
    c.set('journal', { person: person.id, rquid: c.req.header('x-introspect-rquid') })
    const lies = (deviation: Deviation) => deviations.includes(deviation)
    const profile = {
      iss,
      ...(!lies('userinfo-no-sub') && { sub: lies('userinfo-wrong-sub') ? crypto.randomUUID() : person.sub }),
      aud: lies('userinfo-wrong-aud') ? crypto.randomUUID() : registration.clientId,
      ...grantedFields(person, login),
      ...(lies('huge-userinfo') && { padding }),
    }
    return lies('userinfo-jwt')
      ? c.body(unsignedJwt(profile), 200, { 'content-type': 'application/jwt' })
      : c.json(profile)
  })
}

const fieldsOfScope: Record<string, (keyof Person)[]> = {
  email: ['email'],
  mobile: ['phone_number'],
  name: ['family_name', 'given_name', 'middle_name'],
  birthdate: ['birthdate'],
  gender: ['gender'],
}

const grantedFields = (person: Person, { request }: Login): object =>
  Object.fromEntries(
    request.scope
      .split(' ')
      .flatMap((scope) => fieldsOfScope[scope] ?? [])
      .filter((field) => person[field] !== undefined)
      .map((field) => [field, person[field]]),
  )

const bearerOf = (c: Context): string => /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? ''

/** The number of the call is checked first and comes back in the answer. */
const wrongNumber = (c: Context<Env>, store: Store, header: string): Response | undefined => {
  const number = c.req.header(header)
  const error = errorsOf(store)
  if (!number) return error(c, 400, `Empty header: ${header}`)
  if (!/^[0-9a-fA-F]{32}$/.test(number)) return error(c, 400, `Invalid header: ${header}`)
  const { deviations } = findSettings(store)
  if (deviations.includes('wrong-rquid')) c.header(header, '0'.repeat(32))
  else if (!deviations.includes('no-rquid')) c.header(header, number)
  return undefined
}

const messages: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
}

/** `{httpCode, httpMessage, moreInformation}` of the gateway, or the two fields of OAuth. */
const errorsOf =
  (store: Store) =>
  (c: Context, status: ContentfulStatusCode, what: string): Response =>
    findSettings(store).errors === 'oauth'
      ? c.json({ error: what, error_description: messages[status] ?? 'Error' }, status)
      : c.json(
          { httpCode: String(status), httpMessage: messages[status] ?? 'Error', moreInformation: what },
          status,
        )
