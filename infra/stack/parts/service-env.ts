import { simulatedBase } from '@kontora/testing/simulated-base'
import { simulatedSeller } from '@kontora/testing/simulated-seller'
import { originAt, type Place } from '../place.ts'
import { type PartName, portOf, sberBackChannelPort, urlOf } from '../ports.ts'
import { sberFiles } from '../sber-certificates.ts'
import { publicMachineKeys, type Secrets, type ServiceName } from '../secrets.ts'
import type { Outside } from './outside.ts'

type Env = Record<string, string>

const openapiClient = 'Kontora@ext.vtb.ru'

const withCredentials = (url: string, user: string, password: string, database: string): string => {
  const parsed = new URL(url)
  parsed.username = user
  parsed.password = password
  parsed.pathname = `/${database}`
  return parsed.href
}

/** The two roles of one service's database. */
export const databaseUrls = (postgresUrl: string, name: string, { words }: Secrets) => {
  const role = name.replaceAll('-', '_')
  return {
    running: withCredentials(postgresUrl, role, words[`database ${name}`] ?? '', role),
    owner: withCredentials(postgresUrl, `${role}_owner`, words[`database ${name} owner`] ?? '', role),
  }
}

const common = (place: Place, name: ServiceName, secrets: Secrets, outside: Outside): Env => ({
  ENVIRONMENT: 'local',
  PORT: String(portOf(place, name)),
  HOST: '127.0.0.1',
  SLOT: '0',
  DATABASE_URL: databaseUrls(outside.postgresUrl, name, secrets).running,
  KAFKA_HTTP_URL: outside.kafkaHttp?.url ?? urlOf(place, 'kafka-http'),
  KAFKA_HTTP_USER: outside.kafkaHttp?.user ?? name,
  KAFKA_HTTP_PASSWORD: outside.kafkaHttp?.password ?? secrets.words[`kafka ${name}`] ?? '',
  AUTH_ISSUER: `${place.url}/auth`,
  AUTH_JWKS_URL: `${urlOf(place, 'auth')}/.well-known/jwks.json`,
  AUTH_TOKEN_URL: `${urlOf(place, 'auth')}/v1/token`,
  MACHINE_KEY: JSON.stringify(secrets.machineKeys[name]),
  CLIENT_URL: urlOf(place, 'client'),
  PORTAL_URL: place.url,
})

const oneC = (place: Place, { words }: Secrets): Env => ({
  ONEC_ENABLED: 'true',
  ONEC_URL: `${urlOf(place, 'one-c')}/buh/odata/standard.odata/`,
  ONEC_USER: 'Обмен',
  ONEC_PASSWORD: words['one-c'] ?? '',
  ONEC_MAPPING: JSON.stringify(simulatedBase),
})

/** Services of ours that have pages. */
const browserClients = ({ url }: Place) => ({
  payment: {
    redirect_uris: [`${url}/payment/sign-in/callback`],
    post_logout_redirect_uris: [`${url}/payment/invoices`],
  },
})

const own: Record<ServiceName, (place: Place, secrets: Secrets, outside: Outside) => Env> = {
  client: () => ({}),
  auth: (place, secrets) => ({
    LETTER_KEYS_URL: `${urlOf(place, 'notification')}/.well-known/letter-keys.json`,
    MACHINE_CLIENTS: JSON.stringify(publicMachineKeys(secrets)),
    BROWSER_CLIENTS: JSON.stringify(browserClients(place)),
    KEY_ENCRYPTION_KEY: secrets.words['key encryption'] ?? '',
    CODE_PEPPER: secrets.words['code pepper'] ?? '',
    REGISTRATION: 'open',
    PASSKEY_RP_ID: 'localhost',
    PASSKEY_ORIGINS: originAt(place.port),
    // Everybody comes from this machine.
    CODES_PER_NETWORK_HOUR: '1000000',
    GUESSES_PER_NETWORK_HOUR: '1000000',
    SBER_ID_CLIENT_ID: 'kontora-local',
    SBER_ID_CLIENT_SECRET: secrets.words['sber-id'] ?? '',
    SBER_ID_AUTHORIZE_URL: `${urlOf(place, 'sber-id')}/CSAFront/oidc/authorize.do`,
    SBER_ID_BACKCHANNEL_URL: `https://localhost:${sberBackChannelPort(place)}`,
    SBER_ID_REDIRECT_URI: `${place.url}/auth/v1/sber-id/callback`,
    SBER_ID_ISSUER: 'id-sb.sber.ru',
    SBER_ID_TOKEN_ALG: 'none',
    SBER_ID_COMPLETED: 'true',
    SBER_ID_CERTIFICATE: sberFiles(place).client,
    SBER_ID_CERTIFICATE_KEY: sberFiles(place).clientKey,
    SBER_ID_CA: sberFiles(place).serverAuthority,
    SBER_ID_IPV4: 'true',
  }),
  notification: (place, { words }) => ({
    RESEND_URL: urlOf(place, 'resend'),
    RESEND_KEY: words.resend ?? '',
    RESEND_WEBHOOK_SECRET: words['resend webhook'] ?? '',
    MAIL_FROM: 'Kontora <no-reply@kontora.local>',
    LETTER_KEY_ENCRYPTION_KEY: words['letter encryption'] ?? '',
    PAYMENT_URL: urlOf(place, 'payment'),
    PAYMENT_PAGES_URL: `${place.url}/payment`,
  }),
  documents: (place, secrets, { s3 }) => ({
    S3_ENDPOINT: s3?.endpoint ?? urlOf(place, 's3'),
    S3_REGION: s3?.region ?? 'us-east-1',
    S3_BUCKET: s3?.bucket ?? 'documents',
    S3_ACCESS_KEY: s3?.accessKey ?? 'kontora',
    S3_SECRET_KEY: s3?.secretKey ?? secrets.words.s3 ?? '',
    ROBACK_ENABLED: 'true',
    ROBACK_URL: urlOf(place, 'roback'),
    ROBACK_KEY: secrets.words.roback ?? '',
    CAMPAIGNS_ENABLED: 'true',
    CAMPAIGNS_URL: urlOf(place, 'campaigns'),
    CAMPAIGNS_KEY: secrets.words.campaigns ?? '',
    CAMPAIGNS_EVERY_MS: '5000',
    ...oneC(place, secrets),
  }),
  payment: (place, secrets) => ({
    VTB_URL: urlOf(place, 'vtb'),
    PAGES_URL: `${place.url}/payment`,
    COOKIE_KEY: secrets.words['payment cookies'] ?? '',
    PAYER_LINK_KEY: secrets.words['payer links'] ?? '',
    VTB_USER: 'kontora-api',
    VTB_PASSWORD: secrets.words.vtb ?? '',
    VTB_CALLBACK_ALGORITHM: 'hmac',
    VTB_CALLBACK_KEY: secrets.words['vtb callback'] ?? '',
    VTB_CALLBACK_URL: `${place.url}/payment/v1/vtb/callback`,
    VTB_RETURN_URL: `${place.url}/payment/pay/back`,
    VTB_REFUND_ID: 'verified',
    ACQUIRER: 'rbs',
    VTB_OPENAPI_URL: `${urlOf(place, 'vtb-openapi')}/openapi/smb/efcp/e-commerce/v1`,
    VTB_OPENAPI_TOKEN_URL: `${urlOf(place, 'vtb-openapi')}/passport/oauth2/token`,
    VTB_OPENAPI_CLIENT_ID: openapiClient,
    VTB_OPENAPI_CLIENT_SECRET: secrets.words['vtb openapi'] ?? '',
    VTB_OPENAPI_CALLBACK_SECRET: secrets.words['vtb openapi callback'] ?? '',
    VTB_OPENAPI_REFUND_ID: 'verified',
    RECEIPTS: 'bank',
    POLL_FAST_MS: '500',
    ...oneC(place, secrets),
  }),
}

export const serviceEnv = (place: Place, name: ServiceName, secrets: Secrets, outside: Outside): Env => ({
  ...common(place, name, secrets, outside),
  ...own[name](place, secrets, outside),
})

type SimulatorName = Extract<
  PartName,
  'vtb' | 'vtb-openapi' | 'sber-id' | 'one-c' | 'roback' | 'campaigns' | 'resend'
>

/** What a partner knows of us. */
export const simulatorEnv = (place: Place, name: SimulatorName, { words }: Secrets): Env => {
  const envs: Record<SimulatorName, Env> = {
    vtb: {
      VTB_SIM_PUBLIC_URL: urlOf(place, 'vtb'),
      VTB_SIM_ACCOUNT: simulatedSeller.bankAccount,
      VTB_SIM_USER: 'kontora-api',
      VTB_SIM_PASSWORD: words.vtb ?? '',
      VTB_SIM_CALLBACK_KEY: words['vtb callback'] ?? '',
    },
    'vtb-openapi': {
      VTB_OPENAPI_SIM_PUBLIC_URL: urlOf(place, 'vtb-openapi'),
      VTB_OPENAPI_SIM_CLIENT_ID: openapiClient,
      VTB_OPENAPI_SIM_CLIENT_SECRET: words['vtb openapi'] ?? '',
      VTB_OPENAPI_SIM_CALLBACK_URL: `${place.url}/payment/v1/vtb/openapi/callback/${words['vtb openapi callback']}`,
    },
    'sber-id': {
      SBER_SIM_CLIENT_ID: 'kontora-local',
      SBER_SIM_CLIENT_SECRET: words['sber-id'] ?? '',
      SBER_SIM_REDIRECT_URI: `${place.url}/auth/v1/sber-id/callback`,
      SBER_SIM_TLS_PORT: String(sberBackChannelPort(place)),
      SBER_SIM_CERTIFICATE: sberFiles(place).server,
      SBER_SIM_KEY: sberFiles(place).serverKey,
      SBER_SIM_CLIENT_AUTHORITY: sberFiles(place).clientAuthority,
    },
    'one-c': { ONEC_SIM_USER: 'Обмен', ONEC_SIM_PASSWORD: words['one-c'] ?? '' },
    roback: { ROBACK_SIM_KEY: words.roback ?? '', ROBACK_SIM_UNKNOWN_CLIENTS: 'accept' },
    campaigns: { CAMPAIGNS_SIM_KEY: words.campaigns ?? '' },
    resend: {
      RESEND_SIM_KEY: words.resend ?? '',
      RESEND_SIM_WEBHOOK_URL: `${place.url}/notification/v1/resend/webhook`,
      RESEND_SIM_WEBHOOK_SECRET: words['resend webhook'] ?? '',
    },
  }
  return envs[name]
}
