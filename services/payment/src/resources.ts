import type { AccessResources } from '@kontora/access'
import { type CommonOpen, openCommon, openMachine } from '@kontora/door'
import type { Sql } from '@kontora/postgres'
import { type BaseResources, type Chance, readSettings, refuseTestHosts } from '@kontora/service'
import { openPages, type PageResources } from '@kontora/service/pages'
import type { AccountingGateway } from './accounting/gateway.ts'
import { openAccounting } from './accounting/open-accounting.ts'
import type { OpenAgent } from './acquirer/bank-agent.ts'
import { createPayersFinder, type FindPayers } from './client/find-payers.ts'
import { createContactReader } from './client/read-contact.ts'
import { createRequisitesReader, type ReadRequisites } from './client/read-requisites.ts'
import { isOneCWell } from './export/read-base.ts'
import { type Banks, openBanks } from './open-banks.ts'
import { createLinkTokens, type LinkTokens } from './payer-links/payer-link.ts'
import { receiptsCheck } from './receipts/alarm-receipts.ts'
import type { Fiscal } from './receipts/fiscal.ts'
import { openFiscal } from './receipts/open-fiscal.ts'
import { watchDifferences } from './reconciliation/watch-differences.ts'
import { defaultFormat, type RegistryFormat } from './registries/registry-format.ts'
import { tableFor } from './settings.ts'
import { refuseWrongBank } from './vtb/hosts.ts'

/** Everything that the service takes from the outside, time and chance too. */
export type Resources = BaseResources &
  AccessResources &
  PageResources & {
    acquirers: Banks['acquirers']
    callbackChecks: Banks['callbackChecks']
    /** Undefined: this service has no fiscal receipts made. */
    fiscal: Fiscal | undefined
    accounting: AccountingGateway
    /** Documents on their way to 1С at once, in all processes together. */
    oneCConcurrency: number
    readRequisites: ReadRequisites
    findPayers: FindPayers
    registryFormat: RegistryFormat
    linkTokens: LinkTokens
    /** Steps of reminders, in days after the one that an invoice is due. */
    reminderDays: number[]
    pollFastMs: number
  }

/** What a change of data needs of them. */
export type WriteResources = Chance & { sql: Sql }

/** What the doors hold besides: the pool that they close, the way to Kafka. */
export type OpenResources = Resources & CommonOpen

/** `openAgent` believes the bank's own authorities where the runtime can. */
type Options = { max?: number; openAgent?: OpenAgent }

export const openResources = (
  env: unknown,
  { max, openAgent = () => fetch }: Options = {},
): OpenResources => {
  const values = readSettings(tableFor(env), env)
  refuseTestHosts(values)
  refuseWrongBank(values)
  const common = openCommon('payment', values, { max })
  const { sql, now } = common
  const { checks, receiptCalls, ...banks } = openBanks(values, now, openAgent)
  const oneC = { name: 'one-c', isWell: () => isOneCWell(sql) }
  common.health.checks.push(receiptsCheck(common), watchDifferences(sql), oneC, ...checks)
  const { machineToken, readSnapshot } = openMachine('payment', values, common)
  return {
    ...common,
    readSnapshot,
    ...banks,
    fiscal: openFiscal(
      values,
      receiptCalls,
      createContactReader({ url: values.CLIENT_URL, token: () => machineToken('client') }),
    ),
    accounting: openAccounting(values, common),
    oneCConcurrency: values.ONEC_CONCURRENCY,
    readRequisites: createRequisitesReader({ url: values.CLIENT_URL, token: () => machineToken('client') }),
    findPayers: createPayersFinder({ url: values.CLIENT_URL, token: () => machineToken('client') }),
    registryFormat: values.BANK_REGISTRY ?? defaultFormat,
    pages: openPages('payment', '/invoices', values),
    linkTokens: createLinkTokens(values.PAYER_LINK_KEY),
    reminderDays: values.REMINDER_DAYS,
    pollFastMs: values.POLL_FAST_MS,
  }
}
