import { type Begun, comeBack, goThrough, start } from './browser.ts'
import type { Case, Way } from './cases.ts'
import type { ProviderName, Stand } from './stand.ts'

type Coming = { to: ProviderName; search: string; cookie: string }
type Headers = Record<string, string>

const words = [
  ...[
    'invalid_request',
    'unauthorized_client',
    'unsupported_response_type',
    'invalid_scope',
    'access_denied',
  ],
  ...['server_error', 'temporarily_unavailable', 'login_required', '<script>'],
]

const withParameter = (search: string, name: string, value: string | undefined): string => {
  const parameters = new URLSearchParams(search)
  if (value === undefined) parameters.delete(name)
  else parameters.set(name, value)
  return `?${parameters}`
}

/** The provider that the person chose sends him to another one, with what we gave for the first (a mix-up). */
const sentOn = async (stand: Stand, name: ProviderName, honest: ProviderName): Promise<Coming> => {
  const chosen = await start(stand, name)
  const own = await start(stand, honest)
  const given = new URL(chosen.url).searchParams
  const url = new URL(own.url)
  for (const parameter of ['state', 'nonce', 'code_challenge'])
    url.searchParams.set(parameter, given.get(parameter) ?? '')
  const { search } = await goThrough(url.href, stand.callbackOf(honest))
  return { to: honest, search, cookie: chosen.cookie }
}

type Made = { stand: Stand; name: ProviderName; other: ProviderName; begun: Begun; search: string }

const change: Record<Exclude<Way, 'errors'>, (made: Made) => Coming | Promise<Coming>> = {
  'no-cookie': ({ name, search }) => ({ to: name, search, cookie: '' }),
  'other-browser': async ({ stand, name, search }) => ({
    ...{ to: name, search },
    cookie: (await start(stand, name)).cookie,
  }),
  'wrong-state': ({ name, search, begun }) => ({
    ...{ to: name, cookie: begun.cookie },
    search: withParameter(search, 'state', 's'.repeat(43)),
  }),
  twice: async ({ stand, name, search, begun: { cookie } }) => {
    const first = await comeBack(stand, name, search, { cookie })
    if (first.status !== 200) throw new Error(`The first time is ${first.status}`)
    return { to: name, search, cookie }
  },
  'code-of-another-login': async ({ stand, name, search }) => {
    const { cookie, url } = await start(stand, name)
    const state = new URL(url).searchParams.get('state') ?? ''
    return { to: name, search: withParameter(search, 'state', state), cookie }
  },
  'no-issuer': ({ name, search, begun }) => ({
    ...{ to: name, cookie: begun.cookie },
    search: withParameter(search, 'iss', undefined),
  }),
  'other-issuer': ({ name, search, begun }) => ({
    ...{ to: name, cookie: begun.cookie },
    search: withParameter(search, 'iss', 'https://somebody.example'),
  }),
  'issuer-of-the-other-provider': ({ stand, name, other, search, begun }) => ({
    ...{ to: name, cookie: begun.cookie },
    search: withParameter(search, 'iss', stand.providers[other].issuer),
  }),
  'to-the-other-provider': ({ other, search, begun }) => ({ to: other, search, cookie: begun.cookie }),
  'from-the-other-provider': ({ stand, name, other }) => sentOn(stand, name, other),
}

const declined = async (stand: Stand, name: ProviderName, headers: Headers): Promise<Response[]> => {
  const backs: Response[] = []
  for (const error of words) {
    const { cookie, url } = await start(stand, name)
    const state = new URL(url).searchParams.get('state') ?? ''
    const search = `?${new URLSearchParams({ error, state, iss: stand.providers[name].issuer })}`
    backs.push(await comeBack(stand, name, search, { ...headers, cookie }))
  }
  return backs
}

/** One login as a browser of this language makes it. */
export const logInAs = async (
  stand: Stand,
  name: ProviderName,
  { way, behaviour = {}, refuses = false }: Case,
  lang: 'ru' | 'en',
): Promise<Response[]> => {
  const headers = { accept: 'text/html', 'accept-language': lang }
  const provider = stand.providers[name]
  if (way === 'errors') return declined(stand, name, headers)
  provider.behave(behaviour)
  provider.seat(refuses ? null : 'anna')
  const begun = await start(stand, name)
  const { search } = await goThrough(begun.url, stand.callbackOf(name))
  const other = name === 'company' ? 'partner' : 'company'
  const { to, ...coming } = way
    ? await change[way]({ stand, name, other, begun, search })
    : { to: name, search, cookie: begun.cookie }
  const answer = await comeBack(stand, to, coming.search, { ...headers, cookie: coming.cookie })
  provider.behave({})
  provider.seat('anna')
  return [answer]
}
