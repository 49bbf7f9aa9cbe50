import { setting } from '@kontora/service'
import { Url } from '@kontora/validation'
import * as v from 'valibot'
import { orderStates } from '../acquirer/acquirer.ts'

const Text = v.pipe(v.string(), v.minLength(1), v.maxLength(500))
const PathWord = v.pipe(v.string(), v.regex(/^[\w-]{16,200}$/, 'at least 16 of A-Z, a-z, 0-9, - and _'))

/** Words of the bank that its papers do not settle, as JSON: word → one of our states. */
const StateWords = v.pipe(
  v.optional(v.string(), '{}'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return v.parse(v.record(Text, v.picklist(orderStates)), JSON.parse(dataset.value))
    } catch {
      addIssue({ message: `JSON: word → ${orderStates.join(', ')}` })
      return NEVER
    }
  }),
)

/** The OpenAPI e-commerce. No official text of it was readable, so whatever is in doubt is a setting. */
export const openapiTable = {
  VTB_OPENAPI_URL: setting(
    v.optional(Url),
    'ВТБ OpenAPI: the e-commerce with its path, `…/openapi/smb/efcp/e-commerce/v1`; without the VTB_OPENAPI_* there is none',
  ),
  VTB_OPENAPI_TOKEN_URL: setting(v.optional(Url), 'ВТБ OpenAPI: where its tokens are given'),
  VTB_OPENAPI_CLIENT_ID: setting(v.optional(Text), 'ВТБ OpenAPI: our client id, whole, as issued'),
  VTB_OPENAPI_CLIENT_SECRET: setting(v.optional(Text), 'ВТБ OpenAPI: our secret'),
  VTB_OPENAPI_CALLBACK_SECRET: setting(
    v.optional(PathWord),
    'ВТБ OpenAPI: last part of the address that is registered for callbacks, `…/v1/vtb/openapi/callback/<secret>`: they are unsigned',
  ),
  VTB_OPENAPI_REFUND_ID: setting(
    v.optional(v.picklist(['verified', 'unverified'])),
    'ВТБ OpenAPI: whether it was seen to tell a repeated refund by its `refundId`',
  ),
  VTB_OPENAPI_MERCHANT: setting(
    v.optional(Text),
    'ВТБ OpenAPI: our site id for `Merchant-Authorization`; not sent when left out',
  ),
  VTB_OPENAPI_TOKEN_AUTH: setting(
    v.optional(v.picklist(['form', 'basic']), 'form'),
    'ВТБ OpenAPI: how we show ourselves for a token',
  ),
  VTB_OPENAPI_CLIENT_SUFFIX: setting(
    v.optional(Text, '@ext.vtb.ru'),
    'ВТБ OpenAPI: what is cut from the client id for `X-IBM-Client-Id`',
  ),
  VTB_OPENAPI_SESSION_SECONDS: setting(
    v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{1,5}$/, '10 to 999999'), v.transform(Number)), '1200'),
    'ВТБ OpenAPI: how long an order can be paid (`expire`)',
  ),
  VTB_OPENAPI_SBP: setting(
    v.optional(v.picklist(['with-order', 'none']), 'with-order'),
    'ВТБ OpenAPI: ask for the СБП link together with the order (`returnPaymentData`), or offer no СБП',
  ),
  VTB_OPENAPI_STATE_WORDS: setting(
    StateWords,
    'ВТБ OpenAPI: words of states that its papers leave open, as JSON such as `{"ACWP":"captured"}`',
  ),
}

/** Without these there is no such interface; the others have a usual value, or none. */
export const openapiNames = [
  'VTB_OPENAPI_URL',
  'VTB_OPENAPI_TOKEN_URL',
  'VTB_OPENAPI_CLIENT_ID',
  'VTB_OPENAPI_CLIENT_SECRET',
  'VTB_OPENAPI_CALLBACK_SECRET',
  'VTB_OPENAPI_REFUND_ID',
] as const
