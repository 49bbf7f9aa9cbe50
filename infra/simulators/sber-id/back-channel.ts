import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Env, Simulator } from '../frame/simulator.ts'
import type { Registration } from './check-request.ts'
import { exchangeCode, findLogin, type Login } from './logins.ts'
import { audienceOf, makeIdToken } from './make-id-token.ts'
import { findPerson, type Person } from './people.ts'
import { findSettings } from './settings.ts'

type Options = { registration: Registration; iss: string; now: () => Date }

export const addBackChannel = (simulator: Simulator, options: Options): void => {
  addToken(simulator, options)
  addUserinfo(simulator, options)
  const { app, store } = simulator
  app.get('/api/v2/auth/completed', (c) => {
    const wrong = wrongNumber(c, 'rquid')
    if (wrong) return wrong
    const login = findLogin(store, bearerOf(c), options.now())
    if (!login) return gatewayError(c, 401, 'invalid_token')
    c.set('journal', { person: login.personId })
    return c.body(null, 204)
  })
  for (const path of ['/ru/prod/tokens/v2/oidc', userinfoPath, '/api/v2/auth/completed'])
    app.all(path, (c) => gatewayError(c, 405, 'The method is not allowed for the requested URL'))
  app.notFound((c) => gatewayError(c, 404, 'No resources match requested URI'))
}

const userinfoPath = '/ru/prod/sberbankid/v2.1/userinfo'

const addToken = ({ app, store }: Simulator, { registration, iss, now }: Options): void => {
  app.post('/ru/prod/tokens/v2/oidc', async (c) => {
    const wrong = wrongNumber(c, 'rquid')
    if (wrong) return wrong
    if (!c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded'))
      return gatewayError(c, 400, 'invalid_request')
    const form = new URLSearchParams(await c.req.text())
    const refusal = refusalOf(form, registration)
    if (refusal) return gatewayError(c, ...refusal)
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
    if (!person) return gatewayError(c, 400, 'invalid_grant')
    c.set('journal', { person: person.id })
    const { clientId } = registration
    return c.json({
      access_token: login.accessToken,
      token_type: 'Bearer',
      expires_in: settings.accessTokenSeconds,
      scope: `${login.request.scope} ${new URL(c.req.url).origin}${userinfoPath}`,
      id_token: makeIdToken(store, { iss, clientId, login, person, settings, now: time }),
    })
  })
}

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
    const wrong = wrongNumber(c, 'x-introspect-rquid')
    if (wrong) return wrong
    const login = findLogin(store, bearerOf(c), now())
    const person = login && findPerson(store, login.personId)
    if (!person) return gatewayError(c, 401, 'invalid_token')
    const { deviations } = findSettings(store)
    c.set('journal', { person: person.id })
    return c.json({
      iss,
      sub: deviations.includes('userinfo-wrong-sub') ? crypto.randomUUID() : person.sub,
      aud: audienceOf(registration.clientId, deviations, 'userinfo-wrong-aud'),
      ...grantedFields(person, login),
    })
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
const wrongNumber = (c: Context<Env>, header: string): Response | undefined => {
  const number = c.req.header(header)
  if (!number) return gatewayError(c, 400, `Empty header: ${header}`)
  if (!/^[0-9a-fA-F]{32}$/.test(number)) return gatewayError(c, 400, `Invalid header: ${header}`)
  c.header(header, number)
  return undefined
}

const messages: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
}

const gatewayError = (c: Context, status: ContentfulStatusCode, moreInformation: string): Response =>
  c.json({ httpCode: String(status), httpMessage: messages[status] ?? 'Error', moreInformation }, status)
