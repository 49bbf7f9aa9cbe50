import type { Case } from './cases.ts'
import type { Auth, Stand } from './stand.ts'

export type Back = { status: number; type: string; text: string; headers: Headers }

const start = async ({ url }: Auth) => {
  const answer = await fetch(`${url}/v1/sber-id/start`, { redirect: 'manual' })
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';')
  return { cookie, to: answer.headers.get('location') ?? '' }
}

const comeBack = async (auth: Auth, query: string, headers: Record<string, string>): Promise<Back> => {
  const answer = await fetch(`${auth.url}/v1/sber-id/callback${query}`, { headers, redirect: 'manual' })
  const type = answer.headers.get('content-type') ?? ''
  return { status: answer.status, type, text: await answer.text(), headers: answer.headers }
}

const choose = async ({ control }: Stand, url: string, person: string | null): Promise<string> =>
  new URL((await control<{ redirect: string }>('POST', '/_sim/authorize', { url, person })).redirect).search

/** A thief was faster: the bank has given its tokens for this code already. */
const spend = ({ sber }: Stand, query: string): void => {
  const code = new URLSearchParams(query).get('code') ?? ''
  sber.store.run('update logins set spent_at = 1 where code = ?', [code])
}

const words = [
  ...['invalid_request', 'unauthorized_client', 'unsupported_response_type', 'invalid_scope'],
  ...['access_denied', 'invalid_state', 'window_closed', 'server_error'],
]

/** One login as a browser of this language makes it. */
export const logIn = async (stand: Stand, auth: Auth, one: Case, lang: 'ru' | 'en'): Promise<Back[]> => {
  const { way, person = 'anna' } = one
  const page = { accept: 'text/html', 'accept-language': lang }
  const { cookie, to } = await start(auth)
  if (way === 'errors') return declined(auth, page)
  const query = await choose(stand, to, way === 'refuse' ? null : person)
  if (way === 'spent-code') spend(stand, query)
  if (way === 'no-cookie') return [await comeBack(auth, query, page)]
  if (way === 'other-browser')
    return [await comeBack(auth, query, { ...page, cookie: (await start(auth)).cookie })]
  if (way === 'wrong-state')
    return [await comeBack(auth, query.replace('state=', 'state=x'), { ...page, cookie })]
  if (way === 'twice') await comeBack(auth, query, { cookie })
  return [await comeBack(auth, query, { ...page, cookie })]
}

const declined = async (auth: Auth, page: Record<string, string>): Promise<Back[]> => {
  const backs: Back[] = []
  for (const error of words) {
    const { cookie, to } = await start(auth)
    const state = new URL(to).searchParams.get('state') ?? ''
    backs.push(await comeBack(auth, `?${new URLSearchParams({ error, state })}`, { ...page, cookie }))
  }
  return backs
}
