import { commonSettings, NumberSetting, type SettingsOf, setting } from '@kontora/service'
import { Url } from '@kontora/validation'
import * as v from 'valibot'
import { BrowserClientsText } from './authorize/browser-clients.ts'
import { readRange } from './budgets/network.ts'
import { openidTable } from './openid/settings.ts'
import { passkeyTable } from './passkeys/settings.ts'
import { sberIdTable } from './sber-id/settings.ts'

const Secret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/, '32 bytes in base64url'))
const Secrets = v.pipe(
  v.optional(v.string(), ''),
  v.transform((text) => text.split(',').flatMap((each) => each.trim() || [])),
  v.array(Secret),
)
const PublicKey = v.looseObject({ kty: v.literal('OKP'), crv: v.literal('Ed25519'), x: v.string() })
const PublicKeys = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return v.parse(v.record(v.string(), PublicKey), JSON.parse(dataset.value))
    } catch {
      addIssue({ message: 'JSON: client id → public JWK (Ed25519)' })
      return NEVER
    }
  }),
)

const Ranges = v.pipe(
  v.optional(v.string(), ''),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const texts = dataset.value.split(',').flatMap((text) => text.trim() || [])
    const ranges = texts.map(readRange)
    if (ranges.every((range) => range !== undefined)) return ranges
    addIssue({ message: 'addresses or CIDR ranges, separated by commas' })
    return NEVER
  }),
)
const HeaderName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,100}$/, 'the name of a header'))
const perHour = (usual: string) => v.optional(NumberSetting(1, 10_000_000), usual)

// `auth` knows its own keys without asking itself.
const { AUTH_JWKS_URL: _, ...common } = commonSettings

export const settings = {
  ...common,
  CLIENT_URL: setting(Url, 'Address of the service `client`'),
  LETTER_KEYS_URL: setting(Url, "Address of `notification`'s public keys for letters"),
  MACHINE_CLIENTS: setting(PublicKeys, 'Who may ask for machine tokens: client id → public JWK, as JSON'),
  BROWSER_CLIENTS: setting(
    BrowserClientsText,
    'Applications that people sign in to by the page: client id → its addresses, as JSON; without it there is none',
  ),
  KEY_ENCRYPTION_KEY: setting(
    Secret,
    'Seals at rest what is read again: signing keys, addresses, peppers of codes, where sessions are used; 32 bytes in base64url',
  ),
  CODE_PEPPER: setting(
    Secret,
    'Key of all hashes that last: addresses, devices, refresh tokens; 32 bytes in base64url',
  ),
  CODE_PEPPER_ACCEPTED: setting(
    Secrets,
    'Other such keys, separated by commas, that are believed but not written under: the next one until all instances have it, the last one for 30 days',
  ),
  REGISTRATION: setting(
    v.optional(v.picklist(['open', 'invited']), 'invited'),
    'Whether an unknown address may sign in and become a user',
  ),
  TRUSTED_PROXIES: setting(
    Ranges,
    "Our own proxies, as addresses or CIDR ranges: only they are believed about a caller's address",
  ),
  CLIENT_ADDRESS_HEADER: setting(
    v.optional(HeaderName),
    "Where they, or an edge platform, tell the caller's address; X-Forwarded-For when left out",
  ),
  CLIENT_COUNTRY_HEADER: setting(
    v.optional(HeaderName),
    "Where they tell the caller's country (ISO 3166, two letters), for a person's list of sessions; none is known when left out",
  ),
  CODES_PER_NETWORK_HOUR: setting(
    perHour('20'),
    'Codes that one address of IPv4 or /64 of IPv6 may ask for in an hour',
  ),
  GUESSES_PER_NETWORK_HOUR: setting(perHour('60'), 'Wrong guesses that it has in an hour'),
  CODES_PER_HOUR: setting(perHour('20000'), 'Codes that all together may ask for in an hour'),
  GUESSES_PER_HOUR: setting(
    perHour('5000'),
    'Wrong guesses that all together have in an hour, besides the first at each code',
  ),
  ...passkeyTable,
  ...sberIdTable,
  ...openidTable,
}
export type Settings = SettingsOf<typeof settings>
