import { OneCMappingText } from '@kontora/one-c'
import {
  commonSettings,
  machineSettings,
  NumberSetting,
  type SettingsOf,
  type SettingsTable,
  setting,
} from '@kontora/service'
import { pageSettings } from '@kontora/service/pages'
import { Url } from '@kontora/validation'
import * as v from 'valibot'
import { acquirerNames } from './acquirer/acquirer.ts'
import { receiptSettings } from './receipts/open-fiscal.ts'
import { RegistryFormatText } from './registries/registry-format.ts'
import { ReminderDays } from './reminders/reminder.ts'
import { rbsTable } from './vtb/settings.ts'
import { openapiTable } from './vtb-openapi/settings.ts'

const Secret = v.pipe(v.string(), v.minLength(1))
const Key = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/, '32 bytes in base64url'))

/** The accountant's base; the operators' commands that ask it need no more. */
export const oneCSettings = {
  ONEC_URL: setting(Url, 'The 1С base, or its OData'),
  ONEC_USER: setting(Secret, 'Technical user of 1С'),
  ONEC_PASSWORD: setting(Secret, 'Its password'),
  ONEC_CHANNEL: setting(
    v.optional(v.picklist(['odata', 'http']), 'odata'),
    'How 1С is told: its standard OData, or our HTTP service in it (packages/one-c/http-service.md)',
  ),
  ONEC_SERVICE_PATH: setting(
    v.optional(v.pipe(v.string(), v.regex(/^\/[\w./-]{1,200}$/, 'a path')), '/hs/integration/v1'),
    "The HTTP service's path in the base",
  ),
  ONEC_SESSIONS: setting(
    v.optional(v.picklist(['auto', 'manual']), 'auto'),
    'Its `reuseSessions`: `autouse`, or `use`, where we start and finish a session',
  ),
  ONEC_TOKEN: setting(v.optional(Secret), 'A bearer token in place of user and password'),
  ONEC_MAPPING: setting(OneCMappingText, "The customer's names and keys in 1С, as JSON (see packages/one-c)"),
  ONEC_CONCURRENCY: setting(v.optional(NumberSetting(1, 4), '2'), 'Calls to 1С at once'),
}

export const settings = {
  ...commonSettings,
  ...machineSettings,
  ...pageSettings,
  PAYER_LINK_KEY: setting(
    Key,
    'Makes the links by which payers see an invoice; 32 bytes in base64url. Links live on when it is replaced, but can then only be rotated',
  ),
  ACQUIRER: setting(
    v.optional(v.picklist(acquirerNames), 'rbs'),
    "Which of ВТБ's interfaces new payments go through; `openapi` needs the first six of VTB_OPENAPI_*, and of the other VTB_* only the next one",
  ),
  VTB_RETURN_URL: setting(
    Url,
    'Where the payer comes back from the payment page: `…/pay/back` of these pages',
  ),
  VTB_CA: setting(
    v.optional(Secret),
    'Authorities (НУЦ Минцифры) that are believed at ВТБ besides the usual ones, and only there: PEM, or a path',
  ),
  ...rbsTable,
  ...openapiTable,
  ...receiptSettings,
  REMINDER_DAYS: setting(
    v.optional(ReminderDays, '-3,0,3,10'),
    'When payers are reminded, in days after the one that an invoice is due, or `none`',
  ),
  POLL_FAST_MS: setting(
    v.optional(NumberSetting(50, 60_000), '2000'),
    'How often an order on a screen is asked about',
  ),
  BANK_REGISTRY: setting(
    v.optional(RegistryFormatText),
    'How the bank writes its registry of operations, as JSON; without it the columns of `src/registries/registry-format.ts`',
  ),
  ...oneCSettings,
}

type Values = SettingsOf<typeof settings>

const leftOut = <Table extends SettingsTable>(table: Table): SettingsTable =>
  Object.fromEntries(
    Object.entries(table).map(([name, { schema, about }]) => [name, setting(v.optional(schema), about)]),
  )

/** What is demanded depends on the interface that is chosen: a name of the other one may be left out. */
export const tableFor = (env: unknown): typeof settings => {
  const isOpenapi = (env as { ACQUIRER?: string }).ACQUIRER === 'openapi'
  return (isOpenapi ? { ...settings, ...leftOut(rbsTable) } : settings) as typeof settings
}

/** All or nothing, where an interface may be left out: half of one is a mistake, none is a choice. */
export const isSetUp = (
  values: Partial<Values>,
  names: readonly (keyof Values)[],
  isDemanded: boolean,
): string[] | boolean => {
  const missing = names.filter((name) => values[name] === undefined)
  if (missing.length === 0) return true
  if (missing.length === names.length && !isDemanded) return false
  return missing.map((name) => `${name} is required beside the others of its interface`)
}
