/** @jsxImportSource hono/jsx */
import { type Language, languageOfRequest, sendPage } from '@kontora/service/pages'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { ownPageAddress } from '../authorize/own-page.ts'
import { ClientFault } from '../client/client.ts'
import { providersOf } from '../identities/provider.ts'
import { identitiesOf } from '../identities/read-identities.ts'
import { askToAdd } from '../passkeys/ask-to-add.ts'
import { passkeysPerPerson } from '../passkeys/passkey.ts'
import { readPasskeys } from '../passkeys/read-passkeys.ts'
import { scriptAddress } from '../passkeys/script-routes.ts'
import { recoveryCodesLeft } from '../recovery-codes/read-recovery-codes.ts'
import type { Resources } from '../resources.ts'
import { readSessions } from '../sessions/read-sessions.ts'
import { type Account, AccountPage } from './account-page.tsx'
import { authorizeAddress, isProven, languageQuery, type OwnEnv, proofWish, provenUntil } from './owner.ts'

/** More nobody has to look through: the button beside ends the others. */
const mostSessions = 50

export const accountAddress = (c: Context<OwnEnv>, path = '', more: Record<string, string> = {}): string => {
  const query = new URLSearchParams({ ...languageQuery(c), ...more })
  return `${ownPageAddress(c.env)}${path}${query.size > 0 ? `?${query}` : ''}`
}

const timeIn = (language: Language, form: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat(language === 'ru' ? 'ru' : 'en-GB', {
    ...form,
    timeZone: 'Europe/Moscow',
  })
  return (time: Date): string => `${format.format(time)} ${language === 'ru' ? 'МСК' : 'MSK'}`
}

const providersFor = async (
  resources: Resources,
  userId: string,
  language: Language,
): Promise<Account['providers']> => {
  const linked = new Map(
    (await identitiesOf(resources.sql, userId)).map(({ provider, linkedAt }) => [provider, linkedAt]),
  )
  return providersOf(resources).map(({ name, label, canAsk }) => ({
    name,
    label: label[language],
    linkedAt: linked.get(name),
    canLink: canAsk,
  }))
}

/** Shown by the authenticator beside the passkey and kept there alone. */
const accountName = async ({ directory, relyingParty }: Resources, userId: string): Promise<string> => {
  const email = await directory.addressOf(userId).catch((error: unknown) => {
    if (!(error instanceof ClientFault)) throw error
    return undefined
  })
  return email ?? relyingParty.name
}

const addingFor = async (c: Context<OwnEnv>, held: number): Promise<Account['adding']> => {
  const { id: sessionId, userId } = c.var.session
  if (held >= passkeysPerPerson || !isProven(c.var.session, c.env.now())) return undefined
  const { expiresAt: _, ...asking } = await askToAdd(c.env, {
    ...{ userId, sessionId, accountName: await accountName(c.env, userId) },
  })
  return { action: accountAddress(c, '/passkeys/add'), ...asking }
}

type Shown = { fault?: string; status?: ContentfulStatusCode }

export const showAccount = async (
  c: Context<OwnEnv>,
  { fault, status = 200 }: Shown = {},
): Promise<Response> => {
  const { session } = c.var
  const { sql, now } = c.env
  const language = languageOfRequest(c)
  const [sessions, passkeys, recovery, providers] = await Promise.all([
    readSessions(c.env, session.userId, { limit: mostSessions }),
    readPasskeys(sql, session.userId),
    recoveryCodesLeft(sql, session.userId),
    providersFor(c.env, session.userId, language),
  ])
  const adding = await addingFor(c, passkeys.length)
  const until = isProven(session, now()) ? provenUntil(session) : undefined
  const script = adding && scriptAddress(c.env)
  const account: Account = {
    ...{ language, fault, passkeys, adding, providers, script },
    to: (path, more) => accountAddress(c, path, more),
    when: timeIn(language, { dateStyle: 'medium', timeStyle: 'short' }),
    clock: timeIn(language, { timeStyle: 'short' }),
    proof: until ? { until } : { at: authorizeAddress(c, proofWish) },
    signOutAt: `${c.env.issuer}/v1/sign-out?${new URLSearchParams(languageQuery(c))}`,
    sessions: sessions.map((one) => ({ ...one, isThisOne: one.id === session.id })),
    recoveryLeft: recovery.left,
  }
  return sendPage(c, <AccountPage {...account} />, { status, sendsTo: [], script })
}
