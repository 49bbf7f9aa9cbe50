import { deviations } from './deviations.ts'
import type { Behaviour } from './provider.ts'

/** What a browser does in place of coming back as it was sent. */
export type Way =
  | 'no-cookie'
  | 'other-browser'
  | 'wrong-state'
  | 'twice'
  | 'code-of-another-login'
  | 'no-issuer'
  | 'other-issuer'
  | 'issuer-of-the-other-provider'
  | 'to-the-other-provider'
  | 'from-the-other-provider'
  | 'errors'

/** What is wrong, and what becomes of it: a page that says try again, or later; or the person is signed in. */
export type Case = {
  name: string
  behaviour?: Behaviour
  way?: Way
  refuses?: boolean
  answer: 200 | 401 | 503
}

const { 'as it is': _, ...wrong } = deviations

const tokens: Case[] = Object.keys(wrong).map((name) => ({
  name: `id_token: ${name}`,
  behaviour: { token: name },
  answer: 401,
}))

const json = (body: object): string => JSON.stringify(body)
const long = json({ sub: 'anna', padding: 'x'.repeat(70_000) })

const answers: Case[] = (['/token', '/me'] as const).flatMap((at) => [
  ...[302, 307, 400, 401, 403, 404, 429, 500, 503].map(
    (status): Case => ({
      name: `${at} answers ${status}`,
      behaviour: { instead: { at, status, body: json({ error: 'invalid_grant' }), location: '/elsewhere' } },
      answer: status >= 500 ? 503 : 401,
    }),
  ),
  { name: `${at} is a page`, behaviour: { instead: { at, type: 'text/html', body: '<html>' } }, answer: 401 },
  { name: `${at} is garbage`, behaviour: { instead: { at, body: '{"sub":' } }, answer: 401 },
  { name: `${at} is an empty object`, behaviour: { instead: { at, body: '{}' } }, answer: 401 },
  { name: `${at} is a list`, behaviour: { instead: { at, body: '[]' } }, answer: 401 },
  { name: `${at} is far too long`, behaviour: { instead: { at, body: long } }, answer: 401 },
])

const withoutIdToken = json({ access_token: 'a', token_type: 'Bearer', expires_in: 60 })

const others: Case[] = [
  { name: 'as it should be', answer: 200 },
  { name: 'no id_token', behaviour: { instead: { at: '/token', body: withoutIdToken } }, answer: 401 },
  { name: 'another subject in userinfo', behaviour: { userinfoSubject: 'boris' }, answer: 401 },
  {
    name: 'userinfo as a token',
    behaviour: { instead: { at: '/me', type: 'application/jwt', body: 'e30.e30.' } },
    answer: 401,
  },
  { name: 'the person says no', refuses: true, answer: 401 },
]

const ways = [
  ...(['no-cookie', 'other-browser', 'wrong-state', 'twice', 'code-of-another-login', 'errors'] as const),
  ...(['no-issuer', 'other-issuer', 'issuer-of-the-other-provider'] as const),
  ...(['to-the-other-provider', 'from-the-other-provider'] as const),
]
const browsers: Case[] = ways.map((way) => ({ name: `browser: ${way}`, way, answer: 401 }))

export const cases: Case[] = [...tokens, ...answers, ...others, ...browsers]
