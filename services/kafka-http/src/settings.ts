import { commonSettings, NumberSetting, readSettings, type SettingsOf, setting } from '@kontora/service'
import * as v from 'valibot'
import { pushSettings } from './push/settings.ts'

const limit = /^([A-Za-z0-9._-]*\*?[A-Za-z0-9._-]*):(\d{1,8})$/
const limitsText = (text: string): boolean => text.split(',').every((each) => limit.test(each.trim()))

const broker = /^(\[[0-9a-f:]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/
const BrokerList = v.pipe(
  v.string(),
  v.check(
    (text) => text.split(',').every((each) => broker.test(each.trim())),
    'host:port, separated by commas',
  ),
  v.transform((text) =>
    text.split(',').map((each) => {
      const [, host = '', port = '0'] = broker.exec(each.trim()) ?? []
      return { host, port: Number(port) }
    }),
  ),
)

/** `*-access:3000,orders:60000`: a group's name, with one `*` for any part, and its milliseconds. */
const IdleLimits = v.pipe(
  v.string(),
  v.check(limitsText, 'pattern:milliseconds, separated by commas'),
  v.transform((text) =>
    text.split(',').map((each) => {
      const [, pattern = '', ms = '0'] = limit.exec(each.trim()) ?? []
      return { pattern, ms: Number(ms) }
    }),
  ),
)
export type IdleLimit = { pattern: string; ms: number }

const OnOff = v.pipe(
  v.picklist(['on', 'off']),
  v.transform((text) => text === 'on'),
)

export const settings = {
  PORT: setting(v.optional(NumberSetting(0, 65_535), '4090'), 'Port to listen on'),
  HOST: commonSettings.HOST,
  DATABASE_URL: commonSettings.DATABASE_URL,
  SESSION_TIMEOUT_MS: setting(
    v.optional(NumberSetting(100, 86_400_000), '120000'),
    'After how long without a call an instance is taken out of its group, unless its first call says otherwise',
  ),
  GROUP_IDLE_LIMITS: setting(
    v.optional(IdleLimits, '*-access:3000'),
    'Groups for which this is shorter, whatever they ask for: pattern:milliseconds,…',
  ),
  GATEWAY_URL: setting(
    v.optional(v.pipe(v.string(), v.url('an address'))),
    'Where the other gateways of the same Kafka reach this one; without it, it stands alone',
  ),
  KAFKA_BROKERS: setting(
    v.optional(BrokerList),
    'Brokers of a Kafka cluster, host:port,…; without them the log is kept in Postgres',
  ),
  KAFKA_SESSION_TIMEOUT_MS: setting(
    v.optional(NumberSetting(1000, 300_000), '10000'),
    'Kafka: after how long without a sign of a gateway its instances lose their partitions',
  ),
  KAFKA_TLS: setting(v.optional(v.picklist(['true', 'false']), 'false'), 'Kafka: connect by TLS'),
  KAFKA_TLS_CA: setting(
    v.optional(v.string()),
    'Kafka: certificates (PEM) to trust instead of the usual ones',
  ),
  KAFKA_SASL_MECHANISM: setting(
    v.optional(v.picklist(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])),
    'Kafka: how to sign in; without it nobody does',
  ),
  KAFKA_SASL_USER: setting(v.optional(v.string()), 'Kafka: user'),
  KAFKA_SASL_PASSWORD: setting(v.optional(v.string()), 'Kafka: password'),
  RETENTION_DAYS: setting(v.optional(NumberSetting(1, 3650), '30'), 'How long messages are kept'),
  REQUEST_MAX_BYTES: setting(
    v.optional(NumberSetting(1024, 104_857_600), '10485760'),
    'The largest body of a request',
  ),
  MESSAGE_MAX_BYTES: setting(
    v.optional(NumberSetting(1024, 104_857_600), '1114112'),
    'The largest message, key and headers included: 1 MiB and what goes with it',
  ),
  METRICS_PORT: setting(
    v.optional(NumberSetting(0, 65_535)),
    'Port for `/metrics` alone, without a password; without it they are at the usual port, for a user who may consume everything',
  ),
  GET_BODIES: setting(
    v.optional(OnOff, 'on'),
    "Whether bodies of GETs are read, as Upstash's were; off saves 8 µs of CPU a request",
  ),
  CREDENTIALS_MAX_AGE_SECONDS: setting(
    v.optional(NumberSetting(1, 86_400), '3600'),
    'For how long the credentials read last are good while Postgres is away',
  ),
  ...pushSettings,
}
export type Settings = SettingsOf<typeof settings>

/** What the routes and their resources read. What is left out, as tests do, is as if not set. */
export type GatewaySettings = Pick<
  Settings,
  | 'SESSION_TIMEOUT_MS'
  | 'GROUP_IDLE_LIMITS'
  | 'REQUEST_MAX_BYTES'
  | 'MESSAGE_MAX_BYTES'
  | 'CREDENTIALS_MAX_AGE_SECONDS'
>
const { REQUEST_MAX_BYTES, MESSAGE_MAX_BYTES, CREDENTIALS_MAX_AGE_SECONDS } = settings
export const usualLimits = readSettings(
  { REQUEST_MAX_BYTES, MESSAGE_MAX_BYTES, CREDENTIALS_MAX_AGE_SECONDS },
  {},
)

const matches = (pattern: string, group: string): boolean => {
  const [start = '', end] = pattern.split('*')
  if (end === undefined) return group === pattern
  return group.length >= start.length + end.length && group.startsWith(start) && group.endsWith(end)
}

export const sessionTimeoutOf = (
  { SESSION_TIMEOUT_MS, GROUP_IDLE_LIMITS }: Pick<Settings, 'SESSION_TIMEOUT_MS' | 'GROUP_IDLE_LIMITS'>,
  group: string,
  asked: number | undefined,
): number =>
  GROUP_IDLE_LIMITS.find(({ pattern }) => matches(pattern, group))?.ms ?? asked ?? SESSION_TIMEOUT_MS
