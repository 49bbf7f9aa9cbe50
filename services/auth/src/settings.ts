import { commonSettings, NumberSetting, SettingsError, type SettingsOf, setting } from '@kontora/service'
import { Url } from '@kontora/validation'
import * as v from 'valibot'
import { readRange } from './budgets/network.ts'

const Secret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/, '32 bytes in base64url'))
const Text = v.pipe(v.string(), v.minLength(1))
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
  SBER_ID_CLIENT_ID: setting(
    v.optional(Text),
    'Сбер ID: our client id; without all of SBER_ID_* there is none',
  ),
  SBER_ID_CLIENT_SECRET: setting(v.optional(Text), 'Сбер ID: our secret'),
  SBER_ID_AUTHORIZE_URL: setting(v.optional(Url), 'Сбер ID: where the browser is sent'),
  SBER_ID_BACKCHANNEL_URL: setting(v.optional(Url), 'Сбер ID: origin of the calls from server to server'),
  SBER_ID_REDIRECT_URI: setting(v.optional(Url), 'Сбер ID: our registered callback'),
  SBER_ID_ISSUER: setting(v.optional(Text), 'Сбер ID: expected `iss`, with or without a scheme'),
  SBER_ID_TOKEN_ALG: setting(
    v.optional(v.picklist(['none', 'RS256']), 'none'),
    'Сбер ID: signature of id_token',
  ),
  SBER_ID_TOKEN_KEY: setting(v.optional(Text), 'Сбер ID: its public key (PEM), for RS256'),
  SBER_ID_COMPLETED: setting(
    v.optional(v.picklist(['true', 'false']), 'false'),
    'Сбер ID: tell it of each completed sign-in; production demands it',
  ),
}
export type Settings = SettingsOf<typeof settings>

/** All or nothing: half a registration at Сбер ID is a mistake, none is a choice. */
export const sberIdSettings = (all: Settings) => {
  const wanted = {
    SBER_ID_CLIENT_ID: all.SBER_ID_CLIENT_ID,
    SBER_ID_CLIENT_SECRET: all.SBER_ID_CLIENT_SECRET,
    SBER_ID_AUTHORIZE_URL: all.SBER_ID_AUTHORIZE_URL,
    SBER_ID_BACKCHANNEL_URL: all.SBER_ID_BACKCHANNEL_URL,
    SBER_ID_REDIRECT_URI: all.SBER_ID_REDIRECT_URI,
    SBER_ID_ISSUER: all.SBER_ID_ISSUER,
    ...(all.SBER_ID_TOKEN_ALG === 'RS256' && { SBER_ID_TOKEN_KEY: all.SBER_ID_TOKEN_KEY }),
  }
  const missing = Object.entries(wanted).filter(([, value]) => value === undefined)
  if (all.SBER_ID_CLIENT_ID === undefined && missing.length === Object.keys(wanted).length) return undefined
  if (missing.length > 0)
    throw new SettingsError(missing.map(([name]) => `${name} is required beside the other SBER_ID_*`))
  return {
    clientId: all.SBER_ID_CLIENT_ID ?? '',
    clientSecret: all.SBER_ID_CLIENT_SECRET ?? '',
    authorizeUrl: all.SBER_ID_AUTHORIZE_URL ?? '',
    backchannelUrl: all.SBER_ID_BACKCHANNEL_URL ?? '',
    redirectUri: all.SBER_ID_REDIRECT_URI ?? '',
    issuer: all.SBER_ID_ISSUER ?? '',
    tokenAlg: all.SBER_ID_TOKEN_ALG,
    tokenKey: all.SBER_ID_TOKEN_KEY,
    tellsCompleted: all.SBER_ID_COMPLETED === 'true',
  }
}
