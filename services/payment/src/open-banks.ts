import { type DegradedCheck, SettingsError, type SettingsOf } from '@kontora/service'
import type { Acquirer, Acquirers } from './acquirer/acquirer.ts'
import type { OpenAgent } from './acquirer/bank-agent.ts'
import { type BankDoor, openDoor } from './acquirer/guarded-calls.ts'
import { chooseAcquirers } from './acquirer/open-acquirers.ts'
import { isSetUp, type settings } from './settings.ts'
import { rbsAcquirer } from './vtb/acquirer.ts'
import { callbackCheck, type IsSigned } from './vtb/checksum.ts'
import { createVtb } from './vtb/client.ts'
import { createReceiptCalls, type ReceiptCalls } from './vtb/receipts.ts'
import { rbsTable, refuseWrongKey } from './vtb/settings.ts'
import { openapiAcquirer } from './vtb-openapi/acquirer.ts'
import { createOpenapi } from './vtb-openapi/client.ts'
import { openapiNames } from './vtb-openapi/settings.ts'

type Values = SettingsOf<typeof settings>
type Opened = { acquirer: Acquirer; doors: Record<string, BankDoor>; receiptCalls?: ReceiptCalls }

/** Where an interface is not set up, none of its callbacks is believed. */
export type CallbackChecks = { isSigned: IsSigned | undefined; openapiSecret: string | undefined }
export type Banks = {
  acquirers: Acquirers
  callbackChecks: CallbackChecks
  /** Of the gateway, where it is set up: no other interface is known to make receipts. */
  receiptCalls: ReceiptCalls | undefined
  checks: DegradedCheck[]
}

/** Each interface has doors of its own: one that does not answer does not shut the other. */
export const openBanks = (values: Values, now: () => Date, openAgent: OpenAgent): Banks => {
  const wanted = {
    rbs: isSetUp(values, Object.keys(rbsTable) as (keyof typeof rbsTable)[], values.ACQUIRER === 'rbs'),
    openapi: isSetUp(values, openapiNames, values.ACQUIRER === 'openapi'),
  }
  const faults = Object.values(wanted).flatMap((one) => (Array.isArray(one) ? one : []))
  if (faults.length > 0) throw new SettingsError(faults)
  if (wanted.rbs) refuseWrongKey(values)
  if (values.ACQUIRER !== 'rbs' && values.RECEIPTS === 'bank')
    throw new SettingsError([
      'RECEIPTS should be none with this ACQUIRER: how its receipts are asked for is not known',
    ])
  const door = () => openDoor({ send: openAgent({ ca: values.VTB_CA }), now })
  const opened = [
    ...(wanted.rbs ? [openRbs(values, door)] : []),
    ...(wanted.openapi ? [openOpenapi(values, now, door)] : []),
  ]
  return {
    acquirers: chooseAcquirers(
      values.ACQUIRER,
      opened.map(({ acquirer }) => acquirer),
    ),
    callbackChecks: {
      isSigned: wanted.rbs
        ? callbackCheck(values.VTB_CALLBACK_ALGORITHM, values.VTB_CALLBACK_KEY)
        : undefined,
      openapiSecret: values.VTB_OPENAPI_CALLBACK_SECRET,
    },
    receiptCalls: opened.flatMap(({ receiptCalls }) => receiptCalls ?? [])[0],
    checks: opened.flatMap(({ doors }) =>
      Object.entries(doors).map(([name, { isWell }]) => ({ name, isWell })),
    ),
  }
}

const openRbs = (values: Values, open: () => BankDoor): Opened => {
  const door = open()
  const gateway = { url: values.VTB_URL, user: values.VTB_USER, password: values.VTB_PASSWORD, door }
  const vtb = createVtb({
    ...gateway,
    returnUrl: values.VTB_RETURN_URL,
    callbackUrl: values.VTB_CALLBACK_URL,
  })
  return {
    acquirer: rbsAcquirer(vtb, values.VTB_REFUND_ID),
    doors: { 'vtb-rbs': door },
    receiptCalls: createReceiptCalls(gateway),
  }
}

const openOpenapi = (values: Values, now: () => Date, open: () => BankDoor): Opened => {
  const [door, tokenDoor] = [open(), open()]
  const openapi = createOpenapi({
    url: values.VTB_OPENAPI_URL ?? '',
    tokenUrl: values.VTB_OPENAPI_TOKEN_URL ?? '',
    clientId: values.VTB_OPENAPI_CLIENT_ID ?? '',
    clientSecret: values.VTB_OPENAPI_CLIENT_SECRET ?? '',
    auth: values.VTB_OPENAPI_TOKEN_AUTH,
    merchant: values.VTB_OPENAPI_MERCHANT ?? '',
    clientSuffix: values.VTB_OPENAPI_CLIENT_SUFFIX,
    returnUrl: values.VTB_RETURN_URL,
    door,
    tokenDoor,
    now,
  })
  const acquirer = openapiAcquirer({
    openapi,
    refundId: values.VTB_OPENAPI_REFUND_ID ?? 'unverified',
    sessionSeconds: values.VTB_OPENAPI_SESSION_SECONDS,
    sbp: values.VTB_OPENAPI_SBP,
    words: values.VTB_OPENAPI_STATE_WORDS,
    now,
  })
  return { acquirer, doors: { 'vtb-openapi': door, 'vtb-openapi-token': tokenDoor } }
}
