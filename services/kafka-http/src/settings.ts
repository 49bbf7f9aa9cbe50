import { commonSettings, NumberSetting, type SettingsOf, setting } from '@kontora/service'
import * as v from 'valibot'
import { PushTargets } from './push/targets.ts'

const limit = /^([A-Za-z0-9._-]*\*?[A-Za-z0-9._-]*):(\d{1,8})$/
const limitsText = (text: string): boolean => text.split(',').every((each) => limit.test(each.trim()))

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

const Key = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, 'base64url of 32 bytes'))

/** What operators need besides the database. */
export const pushSettings = {
  ENVIRONMENT: commonSettings.ENVIRONMENT,
  PUSH_TARGETS: setting(
    v.optional(PushTargets),
    'Where push subscriptions may post: origins with the start of a path, separated by commas; without it none does',
  ),
  PUSH_KEY: setting(v.optional(Key), 'Seals the secrets of push subscriptions; 32 bytes in base64url'),
}

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
  RETENTION_DAYS: setting(v.optional(NumberSetting(1, 3650), '30'), 'How long messages are kept'),
  ...pushSettings,
  PUSH_TIMEOUT_MS: setting(
    v.optional(NumberSetting(100, 600_000), '30000'),
    'How long a push may be without an answer',
  ),
  PUSH_MOST_FAILURES: setting(
    v.optional(NumberSetting(1, 100_000), '300'),
    'After how many failures in a row (300 take about a day) a subscription is paused',
  ),
}
export type Settings = SettingsOf<typeof settings>

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
