import type { Sql } from '../../../packages/postgres/index.ts'
import type { Back } from './browser.ts'
import type { Case } from './cases.ts'
import { clientSecret, passphrase, type Stand } from './stand.ts'

/** What has been written by sign-ins: rows of each table, and the events that speak of people. */
export type Written = Record<string, number>

export const countWritten = async ({ sql }: { sql: Sql }): Promise<Written> => {
  const [counts] = await sql<Written[]>`
    select (select count(*)::int from sessions) as sessions,
      (select count(*)::int from identities) as identities,
      (select count(*)::int from identity_links) as links,
      (select count(*)::int from identity_disputes) as disputes,
      (select count(*)::int from known_addresses) as addresses`
  return { ...counts }
}

export const countTold = async ({ control }: Stand): Promise<number> => {
  const path = `/_sim/journal?operation=${encodeURIComponent('GET /api/v2/auth/completed')}`
  const { entries } = await control<{ entries: { status: number }[] }>('GET', path)
  return entries.filter(({ status }) => status === 204).length
}

/** The case itself for two accounts is the only thing that a refusal may leave. */
const mayWrite = (one: Case): string[] => {
  if (one.answer === 409) return ['disputes']
  return one.answer === 200 || one.way === 'twice' ? ['sessions', 'identities'] : []
}

export const faultsOfWriting = (one: Case, before: Written, after: Written): string[] =>
  Object.keys(after)
    .filter((name) => after[name] !== before[name] && !mayWrite(one).includes(name))
    .map((name) => `${one.name}: wrote ${name}`)

const signedIn = { ru: 'Вы вошли', en: 'You are signed in' }
const titles = {
  ru: {
    401: 'Войти по Сбер ID не получилось',
    409: 'Этот Сбер ID уже связан с другой учётной записью',
    503: 'Сбер ID сейчас не отвечает',
  },
  en: {
    401: 'Sign-in by Sber ID did not work',
    409: 'This Sber ID is linked to another account already',
    503: 'Sber ID does not answer just now',
  },
}

/** A refusal is a page in the reader's language that says how to go on, and that no cache and no other site gets. */
export const faultsOfAnswer = (
  one: Case,
  lang: 'ru' | 'en',
  { status, type, text, headers }: Back,
): string[] => {
  const faults = status === one.answer ? [] : [`${status}, not ${one.answer}`]
  if (one.answer === 200) {
    if (!text.includes(`<h1>${signedIn[lang]}</h1>`)) faults.push('not signed in')
    if (text.includes('accessToken')) faults.push('tokens in a browser')
  } else {
    const title = titles[lang][one.answer]
    for (const part of [`lang="${lang}"`, `<h1>${title}</h1>`])
      if (!text.includes(part)) faults.push(`no ${part}`)
    if (!type.startsWith('text/html')) faults.push(`a page of ${type}`)
    if (one.answer !== 409 && !text.includes('href="start"')) faults.push('no way to try again')
    if (one.answer === 409 && !/[0-9a-f]{8}-[0-9a-f]{4}-/.test(text)) faults.push('no number of the case')
    if (/"?accessToken|refreshToken/.test(text)) faults.push('tokens in a refusal')
  }
  if (headers.get('cache-control') !== 'no-store') faults.push('may be kept')
  if (headers.get('referrer-policy') !== 'no-referrer') faults.push('tells where it comes from')
  return faults.map((fault) => `${one.name}: ${fault}`)
}

type Login = { code: string; access_token: string; request: string }

/** All that passed between us and the bank and is nobody else's business. */
export const secretsOf = ({ sber }: Stand): string[] => {
  const logins = sber.store.query('select code, access_token, request from logins').all() as Login[]
  const people = sber.store.query('select card from people').all() as { card: string }[]
  const ofLogins = logins.flatMap(({ code, access_token, request }) => {
    const { state, nonce, challenge } = JSON.parse(request) as Record<string, string>
    return [code, access_token, state, nonce, challenge]
  })
  const ofPeople = people.flatMap(({ card }) => {
    const { sub, email, phone_number, family_name } = JSON.parse(card) as Record<string, string>
    return [sub, email, phone_number, family_name]
  })
  return [...ofLogins, ...ofPeople, clientSecret, passphrase, 'PRIVATE KEY', 'eyJ'].filter(
    (secret): secret is string => secret !== undefined && secret.length > 2,
  )
}
