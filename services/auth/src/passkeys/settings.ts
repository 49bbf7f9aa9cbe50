import { SettingsError, type SettingsOf, setting } from '@kontora/service'
import * as v from 'valibot'

const Domain = v.pipe(
  v.string(),
  v.regex(/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'a domain in lower case'),
  v.check((text) => !/(^|\.)\d+$/.test(text), 'a domain, not an address'),
)

const isOrigin = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { origin, protocol, hostname } = new URL(text)
  return origin === text && (protocol === 'https:' || hostname === 'localhost')
}
const Origins = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((each) => each.trim())),
  v.array(v.pipe(v.string(), v.check(isOrigin, 'https origins, separated by commas'))),
)

/** No defaults: a passkey is bound to the domain for ever, and whoever changes it loses all passkeys. */
export const passkeyTable = {
  PASSKEY_RP_ID: setting(
    Domain,
    'The domain that passkeys are bound to, for ever: changing it loses them all',
  ),
  PASSKEY_ORIGINS: setting(
    Origins,
    'Where pages may ask for a passkey: origins on that domain or below it, separated by commas',
  ),
}

export type RelyingParty = { id: string; name: string; origins: string[] }

const isBelow = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)

/** A browser lets a page use the passkeys of its own domain and of those above it. */
export const relyingPartyOf = ({
  PASSKEY_RP_ID: id,
  PASSKEY_ORIGINS: origins,
}: SettingsOf<typeof passkeyTable>): RelyingParty => {
  if (!origins.every((origin) => isBelow(new URL(origin).hostname, id)))
    throw new SettingsError(['PASSKEY_ORIGINS should be on the domain PASSKEY_RP_ID or below it'])
  return { id, name: 'Kontora', origins }
}
