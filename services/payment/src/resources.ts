import type { AccessResources } from '@kontora/access'
import { type CommonOpen, openCommon, openMachine } from '@kontora/door'
import { type OneC, openOneC } from '@kontora/one-c'
import type { Pool, Sql } from '@kontora/postgres'
import {
  type BaseResources,
  type Chance,
  readSettings,
  refuseTestHosts,
  type SettingsOf,
} from '@kontora/service'
import { openPages, type PageResources } from '@kontora/service/pages'
import { createContactReader } from './client/read-contact.ts'
import { createRequisitesReader, type ReadRequisites } from './client/read-requisites.ts'
import { createLinkTokens, type LinkTokens } from './payer-links/payer-link.ts'
import { receiptsCheck } from './receipts/alarm-receipts.ts'
import type { Fiscal } from './receipts/fiscal.ts'
import { openFiscal } from './receipts/open-fiscal.ts'
import { settings } from './settings.ts'
import { createVtb, type Vtb } from './vtb/client.ts'
import { createReceiptCalls } from './vtb/receipts.ts'

/** Everything that the service takes from the outside, time and chance too. */
export type Resources = BaseResources &
  AccessResources &
  PageResources & {
    vtb: Vtb
    /** Undefined: this service has no fiscal receipts made. */
    fiscal: Fiscal | undefined
    oneC: OneC
    readRequisites: ReadRequisites
    linkTokens: LinkTokens
    callbackKey: string
    /** `unverified`: the bank may not tell a repeated refund from a second one. */
    refundId: 'verified' | 'unverified'
    /** Steps of reminders, in days after the one that an invoice is due. */
    reminderDays: number[]
    pollFastMs: number
  }

/** What a change of data needs of them. */
export type WriteResources = Chance & { sql: Sql }

/** What the doors hold besides: the pool that they close, the way to Kafka. */
export type OpenResources = Resources & CommonOpen

type Values = SettingsOf<typeof settings>

const openVtb = (values: Values): Vtb =>
  createVtb({
    url: values.VTB_URL,
    user: values.VTB_USER,
    password: values.VTB_PASSWORD,
    returnUrl: values.VTB_RETURN_URL,
    callbackUrl: values.VTB_CALLBACK_URL,
  })

const openReceipts = (values: Values, token: () => Promise<string>): Fiscal | undefined => {
  const gateway = { url: values.VTB_URL, user: values.VTB_USER, password: values.VTB_PASSWORD }
  return openFiscal(
    values,
    createReceiptCalls(gateway),
    createContactReader({ url: values.CLIENT_URL, token }),
  )
}

const openBase = (values: Values, now: () => Date, sql: Pool): OneC =>
  openOneC({
    url: values.ONEC_URL,
    user: values.ONEC_USER,
    password: values.ONEC_PASSWORD,
    mapping: values.ONEC_MAPPING,
    concurrency: values.ONEC_CONCURRENCY,
    now,
    sql,
  })

export const openResources = (env: unknown, { max }: { max?: number } = {}): OpenResources => {
  const values = readSettings(settings, env)
  refuseTestHosts(values)
  const common = openCommon('payment', values, { max })
  const { sql, now } = common
  common.health.checks.push(receiptsCheck(common))
  const { machineToken, readSnapshot } = openMachine('payment', values, common)
  return {
    ...common,
    readSnapshot,
    vtb: openVtb(values),
    fiscal: openReceipts(values, () => machineToken('client')),
    oneC: openBase(values, now, sql),
    readRequisites: createRequisitesReader({ url: values.CLIENT_URL, token: () => machineToken('client') }),
    pages: openPages('payment', '/invoices', values),
    linkTokens: createLinkTokens(values.PAYER_LINK_KEY),
    callbackKey: values.VTB_CALLBACK_KEY,
    refundId: values.VTB_REFUND_ID,
    reminderDays: values.REMINDER_DAYS,
    pollFastMs: values.POLL_FAST_MS,
  }
}
