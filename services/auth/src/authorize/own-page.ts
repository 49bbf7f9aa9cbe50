import { SettingsError } from '@kontora/service'
import type { BrowserClients } from './browser-clients.ts'

type Issuer = { issuer: string }

/** `auth`'s own page is signed in to like an application, but needs no token: it has the session itself. */
export const ownClient = 'account'

export const ownPageAddress = ({ issuer }: Issuer): string => `${issuer}/v1/account`

export const withOwnPage = (clients: BrowserClients, issuer: Issuer): BrowserClients => {
  if (clients.has(ownClient)) throw new SettingsError([`BROWSER_CLIENTS: ${ownClient} is auth itself`])
  return new Map([...clients, [ownClient, { redirectUris: [ownPageAddress(issuer)], signOutUris: [] }]])
}
