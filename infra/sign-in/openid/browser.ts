import type { ProviderName, Stand } from './stand.ts'

export type Begun = { cookie: string; url: string }

export const cookieOf = (answer: Response): string =>
  (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

export const start = async ({ ask }: Stand, name: ProviderName): Promise<Begun> => {
  const answer = await ask(`/v1/openid/${name}/start`)
  return { cookie: cookieOf(answer), url: answer.headers.get('location') ?? '' }
}

/** Through all redirects of the provider, with its cookies, until it sends the browser back to us. */
export const goThrough = async (url: string, callback: string): Promise<URL> => {
  const cookies = new Map<string, string>()
  let at = url
  for (let step = 0; step < 10; step++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const location = answer.headers.get('location')
    if (location === null) throw new Error(`The provider stops at ${answer.status}`)
    const next = new URL(location, at)
    if (next.href.startsWith(callback)) return next
    at = next.href
  }
  throw new Error('The provider redirects for ever')
}

export const comeBack = (
  { ask }: Stand,
  name: ProviderName,
  search: string,
  headers: Record<string, string>,
): Promise<Response> => ask(`/v1/openid/${name}/callback${search}`, { headers })

/** One whole login of whoever sits there. */
export const logIn = async (stand: Stand, name: ProviderName): Promise<Record<string, string>> => {
  const { cookie, url } = await start(stand, name)
  const { search } = await goThrough(url, stand.callbackOf(name))
  return (await (await comeBack(stand, name, search, { cookie })).json()) as Record<string, string>
}
