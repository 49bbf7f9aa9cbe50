import { Url, WebhookSecret } from '@kontora/validation'
import * as v from 'valibot'
import { NumberSetting, SettingsError, setting } from './settings.ts'

const isPostgres = (text: string): boolean =>
  URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)
export const PostgresUrl = v.pipe(v.string(), v.check(isPostgres, 'a postgres:// URL'))

const Text = v.pipe(v.string(), v.minLength(1))

/** What each of the five services reads. */
export const commonSettings = {
  ENVIRONMENT: setting(
    v.optional(v.picklist(['production', 'local']), 'production'),
    'In production no simulator and no test stand is accepted',
  ),
  PORT: setting(v.optional(NumberSetting(1, 65_535), '8080'), 'Port of the HTTP server'),
  HOST: setting(v.optional(Text, '0.0.0.0'), 'Address that the HTTP server listens on'),
  SLOT: setting(
    v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/, 'a-z, 0-9, -')), '0'),
    'Which replica this is; a restart keeps it',
  ),
  DATABASE_URL: setting(PostgresUrl, "The service's own database, as its running role"),
  KAFKA_HTTP_URL: setting(Url, 'Address of kafka-http'),
  KAFKA_HTTP_USER: setting(Text, 'Credential at kafka-http'),
  KAFKA_HTTP_PASSWORD: setting(Text, 'Its password'),
  AUTH_ISSUER: setting(Url, '`iss` of the access tokens'),
  AUTH_JWKS_URL: setting(Url, "Address of the tokens' public keys"),
}

const PrivateJwk = v.object({
  kty: v.literal('OKP'),
  crv: v.literal('Ed25519'),
  x: v.pipe(v.string(), v.length(43)),
  d: v.pipe(v.string(), v.length(43)),
})
const isPrivateJwk = (text: string): boolean => {
  try {
    return v.is(PrivateJwk, JSON.parse(text))
  } catch {
    return false
  }
}
/** Found out at the start: a parser's complaint at the first call would repeat the key. */
const PrivateKey = v.pipe(v.string(), v.check(isPrivateJwk, 'a private JWK (Ed25519) as JSON'))

/** What a service that asks another one reads besides. */
export const machineSettings = {
  AUTH_TOKEN_URL: setting(Url, 'Where `auth` gives machines their tokens'),
  MACHINE_KEY: setting(PrivateKey, "This service's private key (JWK, Ed25519) at `auth`"),
  CLIENT_URL: setting(Url, 'Address of the service `client`'),
}

const Secrets = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((each) => each.trim())),
  v.array(WebhookSecret),
)

/** What a service reads besides as an edge worker, which cannot poll. */
export const workerSettings = {
  PUSH_SECRETS: setting(
    v.optional(Secrets),
    'Secrets of the pushes that `POST /events` takes: `whsec_…`, several while one is replaced',
  ),
}

const testHost =
  /(^|\.)(localhost|local|test|rbsuat\.com|bankingapi\.ru)$|^127\.|^\[?::1|^(id|oauth)-(sb|ift|psi)\.|^test\d*\.api\.vtb\.ru$|-ift-/

const isTestHost = (value: unknown): boolean =>
  typeof value === 'string' && URL.canParse(value) && testHost.test(new URL(value).hostname)

/** A simulator's or a test stand's host in production took orders for a month unnoticed elsewhere; here the start fails. */
export const refuseTestHosts = (settings: { ENVIRONMENT: string }): void => {
  if (settings.ENVIRONMENT !== 'production') return
  const faults = Object.entries(settings)
    .filter(([, value]) => [value].flat().some(isTestHost))
    .map(([name]) => `${name} names a simulator's or a test stand's host, in production`)
  if (faults.length > 0) throw new SettingsError(faults)
}
