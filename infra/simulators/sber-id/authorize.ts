import type { Context } from 'hono'
import * as v from 'valibot'
import type { Env, Simulator } from '../frame/simulator.ts'
import { checkRequest, errorRedirect, type Registration } from './check-request.ts'
import { startLogin } from './logins.ts'
import { choicePage, errorPage } from './pages.ts'
import { findPerson, listPeople } from './people.ts'

type Options = { registration: Registration; now: () => Date }

const path = '/CSAFront/oidc/authorize.do'

const Asked = v.strictObject({
  url: v.pipe(v.string(), v.url()),
  /** Null is a person who refuses. */
  person: v.nullable(v.string()),
})

export const addAuthorize = ({ app, store }: Simulator, { registration, now }: Options): void => {
  const decide = (
    parameters: URLSearchParams,
    personId: string | null,
  ): { redirect: string } | { page: string } => {
    const checked = checkRequest(parameters, registration)
    if (!('request' in checked)) return checked
    const { request } = checked
    const person = personId === null ? undefined : findPerson(store, personId)
    if (!person) return { redirect: errorRedirect(request.redirectUri, request.state, 'access_denied') }
    const code = startLogin(store, person.id, request, now())
    return { redirect: `${request.redirectUri}?${new URLSearchParams({ code, state: request.state })}` }
  }

  const show = (c: Context<Env>, parameters: URLSearchParams) => {
    c.header('x-frame-options', 'DENY')
    c.header('cache-control', 'no-store')
    const checked = checkRequest(parameters, registration)
    if ('page' in checked) return c.html(errorPage(checked.page), 400)
    if ('redirect' in checked) return c.redirect(checked.redirect, 302)
    return c.html(choicePage(parameters, listPeople(store)))
  }

  app.get(path, (c) => show(c, new URL(c.req.url).searchParams))
  app.post(path, async (c) => {
    const parameters = new URLSearchParams(await c.req.text())
    const choice = parameters.get('choice')
    const refused = parameters.has('refuse')
    parameters.delete('choice')
    parameters.delete('refuse')
    if (choice === null && !refused) return show(c, parameters)
    const decided = decide(parameters, refused ? null : choice)
    if ('page' in decided) return c.html(errorPage(decided.page), 400)
    c.set('journal', { person: refused ? null : choice })
    return c.redirect(decided.redirect, 303)
  })
  app.post('/_sim/authorize', async (c) => {
    const asked = v.safeParse(Asked, await c.req.json().catch(() => undefined))
    if (!asked.success) return c.json({ error: 'url, person: an id or null' }, 400)
    const { url, person } = asked.output
    if (person !== null && !findPerson(store, person)) return c.json({ error: 'No such person' }, 404)
    const decided = decide(new URL(url).searchParams, person)
    return 'page' in decided ? c.json({ error: decided.page }, 400) : c.json(decided)
  })
}
