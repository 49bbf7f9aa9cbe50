import { SettingsError, type SettingsOf, setting } from '@kontora/service'
import { Url } from '@kontora/validation'
import * as v from 'valibot'
import type { SberTls } from './agent.ts'
import type { SberIdSettings } from './client.ts'

const Text = v.pipe(v.string(), v.minLength(1))
const PublicKey = v.pipe(Text, v.includes('-----BEGIN PUBLIC KEY-----', 'a public key (PEM)'))
const Path = v.pipe(v.string(), v.regex(/^\/[\w./-]{1,200}$/, 'a path'))
const YesNo = v.optional(v.picklist(['true', 'false']), 'false')

export const sberIdTable = {
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
    v.optional(v.picklist(['none', 'RS256', 'tls']), 'none'),
    'Сбер ID: signature of id_token; `tls` takes a GOST one unchecked, because our own TLS call brought it',
  ),
  SBER_ID_TOKEN_KEY: setting(v.optional(PublicKey), 'Сбер ID: its public key (PEM), for RS256'),
  SBER_ID_COMPLETED: setting(YesNo, 'Сбер ID: tell it of each completed sign-in; production demands it'),
  SBER_ID_TOKEN_PATH: setting(v.optional(Path, '/ru/prod/tokens/v2/oidc'), 'Сбер ID: path of its tokens'),
  SBER_ID_USERINFO_PATH: setting(
    v.optional(Path, '/ru/prod/sberbankid/v2.1/userinfo'),
    'Сбер ID: path of userinfo',
  ),
  SBER_ID_COMPLETED_PATH: setting(
    v.optional(Path, '/api/v2/auth/completed'),
    'Сбер ID: path of the notice of a completed sign-in',
  ),
  SBER_ID_IBM_CLIENT_ID: setting(YesNo, 'Сбер ID: send `x-ibm-client-id`, as old gateways wanted'),
  SBER_ID_CERTIFICATE: setting(
    v.optional(Text),
    'Сбер ID: our client certificate and its chain: PEM, or a path, read anew at each call; production demands it',
  ),
  SBER_ID_CERTIFICATE_KEY: setting(
    v.optional(Text),
    "Сбер ID: the certificate's private key: PEM, or a path",
  ),
  SBER_ID_CERTIFICATE_PASSPHRASE: setting(v.optional(Text), "Сбер ID: the key's passphrase, if it has one"),
  SBER_ID_CA: setting(
    v.optional(Text),
    'Сбер ID: whom to trust there, and only there, instead of the usual authorities: PEM, or a path',
  ),
  SBER_ID_IPV4: setting(YesNo, 'Сбер ID: call it by IPv4 alone'),
}
type SberIdTable = SettingsOf<typeof sberIdTable> & { ENVIRONMENT: 'production' | 'local' }

/** All or nothing: half a registration at Сбер ID is a mistake, none is a choice. */
export const sberIdSettings = (all: SberIdTable): (SberIdSettings & { tls: SberTls }) | undefined => {
  const wanted = {
    SBER_ID_CLIENT_ID: all.SBER_ID_CLIENT_ID,
    SBER_ID_CLIENT_SECRET: all.SBER_ID_CLIENT_SECRET,
    SBER_ID_AUTHORIZE_URL: all.SBER_ID_AUTHORIZE_URL,
    SBER_ID_BACKCHANNEL_URL: all.SBER_ID_BACKCHANNEL_URL,
    SBER_ID_REDIRECT_URI: all.SBER_ID_REDIRECT_URI,
    SBER_ID_ISSUER: all.SBER_ID_ISSUER,
    ...(all.SBER_ID_TOKEN_ALG === 'RS256' && { SBER_ID_TOKEN_KEY: all.SBER_ID_TOKEN_KEY }),
    ...(all.SBER_ID_CERTIFICATE && { SBER_ID_CERTIFICATE_KEY: all.SBER_ID_CERTIFICATE_KEY }),
  }
  const missing = Object.entries(wanted).filter(([, value]) => value === undefined)
  if (all.SBER_ID_CLIENT_ID === undefined && missing.length === Object.keys(wanted).length) return undefined
  const faults = missing.map(([name]) => `${name} is required beside the other SBER_ID_*`)
  if (faults.length === 0) faults.push(...plainHttp(all))
  if (faults.length > 0) throw new SettingsError(faults)
  return {
    clientId: all.SBER_ID_CLIENT_ID ?? '',
    clientSecret: all.SBER_ID_CLIENT_SECRET ?? '',
    authorizeUrl: all.SBER_ID_AUTHORIZE_URL ?? '',
    backchannelUrl: new URL(all.SBER_ID_BACKCHANNEL_URL ?? '').origin,
    redirectUri: all.SBER_ID_REDIRECT_URI ?? '',
    issuer: all.SBER_ID_ISSUER ?? '',
    tokenAlg: all.SBER_ID_TOKEN_ALG,
    tokenKey: all.SBER_ID_TOKEN_KEY,
    tellsCompleted: all.SBER_ID_COMPLETED === 'true',
    paths: {
      token: all.SBER_ID_TOKEN_PATH,
      userinfo: all.SBER_ID_USERINFO_PATH,
      completed: all.SBER_ID_COMPLETED_PATH,
    },
    sendsIbmClientId: all.SBER_ID_IBM_CLIENT_ID === 'true',
    tls: tlsOf(all),
  }
}

const tlsOf = (all: SberIdTable): SberTls => ({
  certificate: all.SBER_ID_CERTIFICATE,
  key: all.SBER_ID_CERTIFICATE_KEY,
  passphrase: all.SBER_ID_CERTIFICATE_PASSPHRASE,
  ca: all.SBER_ID_CA,
  ipv4: all.SBER_ID_IPV4 === 'true',
  isDemanded: all.ENVIRONMENT === 'production',
})

/** An id_token without a signature is worth what the connection is worth that brought it. */
const plainHttp = (all: SberIdTable): string[] =>
  all.ENVIRONMENT === 'local'
    ? []
    : (['SBER_ID_AUTHORIZE_URL', 'SBER_ID_BACKCHANNEL_URL', 'SBER_ID_REDIRECT_URI'] as const)
        .filter((name) => !all[name]?.startsWith('https://'))
        .map((name) => `${name} should be an https URL`)
