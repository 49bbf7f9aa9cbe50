import type { Case } from './cases.ts'
import { clientSecret, labelOf, type ProviderName, type Stand } from './stand.ts'

export type Written = Record<string, number>

export const countWritten = async (stand: Stand): Promise<Written> => {
  const [counts] = await stand.world.sql<Written[]>`
    select (select count(*)::int from sessions) as sessions,
      (select count(*)::int from identities) as identities,
      (select count(*)::int from identity_links) as links,
      (select count(*)::int from identity_disputes) as disputes,
      (select count(*)::int from known_addresses) as addresses`
  return { ...counts, 'codes that were sent': codesSent(stand) }
}

const codesSent = ({ providers }: Stand): number =>
  Object.values(providers).flatMap(({ asked }) => asked.filter((call) => call === 'POST /token')).length

export const faultsOfWriting = ({ name, answer, way }: Case, before: Written, after: Written): string[] => {
  // The first of two tries is a right one; of all other ways but one the code goes nowhere.
  const mayBeSent = way === undefined || way === 'twice' || way === 'code-of-another-login'
  const may = [
    ...(answer === 200 || way === 'twice' ? ['sessions'] : []),
    ...(mayBeSent ? ['codes that were sent'] : []),
  ]
  return Object.keys(after)
    .filter((table) => after[table] !== before[table] && !may.includes(table))
    .map((table) => `${name}: more ${table}`)
}

const titles = {
  ru: (name: string) => ({ 401: `Войти по ${name} не получилось`, 503: `${name} сейчас не отвечает` }),
  en: (name: string) => ({ 401: `Sign-in by ${name} did not work`, 503: `${name} does not answer just now` }),
}

const signedIn = { ru: 'Вы вошли', en: 'You are signed in' }

/** The provider whose callback it is speaks in the title. */
export const faultsOfAnswer = async (
  one: Case,
  lang: 'ru' | 'en',
  at: ProviderName,
  answer: Response,
): Promise<string[]> => {
  const text = await answer.text()
  const { status, headers } = answer
  const faults = status === one.answer ? [] : [`${status}, not ${one.answer}`]
  if (one.answer === 200) {
    if (!text.includes(`<h1>${signedIn[lang]}</h1>`)) faults.push('not signed in')
    if (text.includes('accessToken')) faults.push('tokens in a browser')
  } else {
    const title = titles[lang](labelOf(at)[lang])[one.answer]
    for (const part of [`lang="${lang}"`, `<h1>${title}</h1>`, 'href="start"'])
      if (!text.includes(part)) faults.push(`no ${part}`)
    if (/"?accessToken|refreshToken/.test(text)) faults.push('tokens in a refusal')
    if (!headers.get('content-type')?.startsWith('text/html')) faults.push('no page')
  }
  if (headers.get('cache-control') !== 'no-store') faults.push('may be kept')
  if (headers.get('referrer-policy') !== 'no-referrer') faults.push('tells where it comes from')
  return faults.map((fault) => `${one.name}: ${fault}`)
}

/** What passed between us and a provider and is nobody else's business must be in no line of the log and in no table. */
export const leaksOf = async ({ world }: Stand, secrets: Iterable<string>): Promise<string[]> => {
  const rows = await world.sql<{ text: string }[]>`
    select row_to_json(provider_logins)::text as text from provider_logins
    union all select row_to_json(identity_links)::text from identity_links
    union all select row_to_json(openid_metadata)::text from openid_metadata
    union all select data::text from outbox where type <> 'auth.code-requested'`
  const kept = [...world.lines, ...rows.map(({ text }) => text)].join('\n')
  return [...secrets, clientSecret, 'eyJ', '@example.com'].filter((secret) => kept.includes(secret))
}
