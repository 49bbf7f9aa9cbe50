import { commonSettings, NumberSetting, type SettingsOf, setting } from '@kontora/service'
import * as v from 'valibot'
import { PushTargets } from './targets.ts'

const Key = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, 'base64url of 32 bytes'))

/** What operators need besides the database. */
export const pushPlaceSettings = {
  ENVIRONMENT: commonSettings.ENVIRONMENT,
  PUSH_TARGETS: setting(
    v.optional(PushTargets),
    'Where push subscriptions may post: origins with the start of a path, separated by commas; without it none does',
  ),
  PUSH_KEY: setting(v.optional(Key), 'Seals the secrets of push subscriptions; 32 bytes in base64url'),
}
export type PushPlaceSettings = SettingsOf<typeof pushPlaceSettings>

export const pushSettings = {
  ...pushPlaceSettings,
  PUSH_TIMEOUT_MS: setting(
    v.optional(NumberSetting(100, 600_000), '30000'),
    'How long a push may be without an answer',
  ),
  PUSH_MOST_FAILURES: setting(
    v.optional(NumberSetting(1, 100_000), '300'),
    'After how many failures in a row (300 take about a day) a subscription is paused',
  ),
}
