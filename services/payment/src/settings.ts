import { OneCMappingText } from '@kontora/one-c'
import { commonSettings, machineSettings, NumberSetting, setting } from '@kontora/service'
import { pageSettings } from '@kontora/service/pages'
import { Url } from '@kontora/validation'
import * as v from 'valibot'
import { receiptSettings } from './receipts/open-fiscal.ts'

const Secret = v.pipe(v.string(), v.minLength(1))
const Key = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/, '32 bytes in base64url'))

export const settings = {
  ...commonSettings,
  ...machineSettings,
  ...pageSettings,
  PAYER_LINK_KEY: setting(
    Key,
    'Makes the links by which payers see an invoice; 32 bytes in base64url. Links live on when it is replaced, but can then only be rotated',
  ),
  VTB_URL: setting(Url, "ВТБ's gateway, with or without `/payment/rest/`"),
  VTB_USER: setting(Secret, 'Its API account'),
  VTB_PASSWORD: setting(Secret, "The account's password"),
  VTB_CALLBACK_KEY: setting(Secret, 'Secret that callbacks are signed with, as issued'),
  VTB_CALLBACK_URL: setting(Url, 'Where ВТБ calls us back: `…/v1/vtb/callback`'),
  VTB_RETURN_URL: setting(
    Url,
    'Where the payer comes back from the payment page: `…/pay/back` of these pages',
  ),
  VTB_REFUND_ID: setting(
    v.picklist(['verified', 'unverified']),
    'Whether this merchant was seen to tell a repeated refund by its number',
  ),
  ...receiptSettings,
  POLL_FAST_MS: setting(
    v.optional(NumberSetting(50, 60_000), '2000'),
    'How often an order on a screen is asked about',
  ),
  ONEC_URL: setting(Url, 'The 1С base, or its OData'),
  ONEC_USER: setting(Secret, 'Technical user of 1С'),
  ONEC_PASSWORD: setting(Secret, 'Its password'),
  ONEC_MAPPING: setting(OneCMappingText, "The customer's names and keys in 1С, as JSON (see packages/one-c)"),
  ONEC_CONCURRENCY: setting(v.optional(NumberSetting(1, 4), '2'), 'Calls to 1С at once'),
}
