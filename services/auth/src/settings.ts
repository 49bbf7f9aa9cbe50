import { commonSettings, NumberSetting, type SettingsOf, setting } from '@kontora/service'
import { Url } from '@kontora/validation'
import * as v from 'valibot'
import { readRange } from './budgets/network.ts'
import { passkeyTable } from './passkeys/settings.ts'
import { sberIdTable } from './sber-id/settings.ts'

const Secret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/, '32 bytes in base64url'))
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
const perHour = (usual: string) => v.optional(NumberSetting(1, 10_000_000), usual)

// `auth` knows its own keys without asking itself.
const { AUTH_JWKS_URL: _, ...common } = commonSettings

export const settings = {
  ...common,
  CLIENT_URL: setting(Url, 'Address of the service `client`'),
  LETTER_KEYS_URL: setting(Url, "Address of `notification`'s public keys for letters"),
  MACHINE_CLIENTS: setting(PublicKeys, 'Who may ask for machine tokens: client id → public JWK, as JSON'),
  KEY_ENCRYPTION_KEY: setting(Secret, 'Seals signing keys and addresses at rest; 32 bytes in base64url'),
  CODE_PEPPER: setting(
    Secret,
    'Key of all hashes: codes, flows, addresses, refresh tokens; 32 bytes in base64url',
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
    v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,100}$/, 'the name of a header'))),
    "Where they, or an edge platform, tell the caller's address; X-Forwarded-For when left out",
  ),
  CODES_PER_NETWORK_HOUR: setting(
    perHour('20'),
    'Codes that one address of IPv4 or /64 of IPv6 may ask for in an hour',
  ),
  GUESSES_PER_NETWORK_HOUR: setting(perHour('60'), 'Wrong guesses that it has in an hour'),
  CODES_PER_HOUR: setting(perHour('20000'), 'Codes that all together may ask for in an hour'),
  GUESSES_PER_HOUR: setting(perHour('5000'), 'Wrong guesses that all together have in an hour'),
  ...passkeyTable,
  ...sberIdTable,
}
export type Settings = SettingsOf<typeof settings>
