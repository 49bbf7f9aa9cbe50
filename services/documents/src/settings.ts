import { OneCMappingText } from '@kontora/one-c'
import {
  commonSettings,
  machineSettings,
  NumberSetting,
  SettingsError,
  type SettingsOf,
  setting,
} from '@kontora/service'
import { Url } from '@kontora/validation'
import * as v from 'valibot'

const Text = v.pipe(v.string(), v.minLength(1))
const Switch = v.optional(v.picklist(['true', 'false']), 'false')

export const settings = {
  ...commonSettings,
  ...machineSettings,
  PORTAL_URL: setting(Url, 'Where people reach the portal; partners get links to documents under it'),
  S3_ENDPOINT: setting(Url, 'Address of the file store'),
  S3_PUBLIC_ENDPOINT: setting(v.optional(Url), 'Where a browser reaches it, if that is elsewhere'),
  S3_REGION: setting(Text, 'Its region'),
  S3_BUCKET: setting(Text, 'The bucket of documents'),
  S3_ACCESS_KEY: setting(Text, 'Its access key'),
  S3_SECRET_KEY: setting(Text, 'Its secret'),
  MAX_UPLOAD_BYTES: setting(
    v.optional(NumberSetting(1, 5 * 1024 ** 3), String(25 * 1024 ** 2)),
    'The largest file that is taken',
  ),
  ROBACK_ENABLED: setting(Switch, 'Roback is told of accepted documents'),
  ROBACK_URL: setting(v.optional(Url), 'Roback: address'),
  ROBACK_KEY: setting(v.optional(Text), 'Roback: our key'),
  CAMPAIGNS_ENABLED: setting(Switch, 'Campaigns are read, and told of accepted documents'),
  CAMPAIGNS_URL: setting(v.optional(Url), 'Campaigns: address'),
  CAMPAIGNS_KEY: setting(v.optional(Text), 'Campaigns: our key'),
  CAMPAIGNS_EVERY_MS: setting(
    v.optional(NumberSetting(1000, 86_400_000), '60000'),
    'Campaigns: how often they are read',
  ),
  ONEC_ENABLED: setting(Switch, '1С gets a card of each accepted document'),
  ONEC_URL: setting(v.optional(Url), '1С: address of the base'),
  ONEC_USER: setting(v.optional(Text), '1С: user'),
  ONEC_PASSWORD: setting(v.optional(v.string()), '1С: password'),
  ONEC_MAPPING: setting(v.optional(OneCMappingText), '1С: names and keys of the base, as JSON'),
  ONEC_CONCURRENCY: setting(v.optional(NumberSetting(1, 10), '2'), '1С: calls at once'),
}
export type Settings = SettingsOf<typeof settings>

type Switches = 'ROBACK_ENABLED' | 'CAMPAIGNS_ENABLED' | 'ONEC_ENABLED'

/** Undefined for a partner that is switched off; a fault for one that is switched on by half. */
const whenEnabled = <Name extends keyof Settings>(all: Settings, enabled: Switches, names: Name[]) => {
  if (all[enabled] === 'false') return undefined
  const missing = names.filter((name) => all[name] === undefined)
  if (missing.length > 0)
    throw new SettingsError(missing.map((name) => `${name} is required by ${enabled}=true`))
  return all as { [One in Name]: NonNullable<Settings[One]> }
}

export const robackSettings = (all: Settings) =>
  whenEnabled(all, 'ROBACK_ENABLED', ['ROBACK_URL', 'ROBACK_KEY'])
export const campaignsSettings = (all: Settings) =>
  whenEnabled(all, 'CAMPAIGNS_ENABLED', ['CAMPAIGNS_URL', 'CAMPAIGNS_KEY'])
export const oneCSettings = (all: Settings) =>
  whenEnabled(all, 'ONEC_ENABLED', ['ONEC_URL', 'ONEC_USER', 'ONEC_MAPPING'])
