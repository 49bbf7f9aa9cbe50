import type { AccessResources } from '@kontora/access'
import { type CommonOpen, openCommon, openMachine } from '@kontora/door'
import { type Files, openFiles } from '@kontora/files'
import type { Sql } from '@kontora/postgres'
import { type BaseResources, type Chance, readSettings, refuseTestHosts } from '@kontora/service'
import type { Campaigns } from './campaigns/client.ts'
import type { Partners } from './deliveries/system.ts'
import { openPartners } from './partners/open-partners.ts'
import { type Settings, settings } from './settings.ts'

/** What a change of data needs at least, so that the command line opens no more than a database. */
export type WriteResources = Chance & { sql: Sql }

/** Everything that the service takes from the outside, time and chance too. */
export type Resources = BaseResources &
  AccessResources & {
    files: Files
    maxUploadBytes: number
    partners: Partners
    campaigns: Campaigns | undefined
  }

/** What the doors hold besides: the pool that they close, the way to Kafka. */
export type OpenResources = Resources & CommonOpen & { campaignsEveryMs: number }

/** A probe of the ready check waits no longer than this. */
const probeMs = 1000

const openStore = (values: Settings, now: () => Date, more: { timeoutMs?: number } = {}): Files =>
  openFiles({
    endpoint: values.S3_ENDPOINT,
    region: values.S3_REGION,
    bucket: values.S3_BUCKET,
    accessKey: values.S3_ACCESS_KEY,
    secretKey: values.S3_SECRET_KEY,
    ...(values.S3_PUBLIC_ENDPOINT !== undefined && { publicEndpoint: values.S3_PUBLIC_ENDPOINT }),
    now,
    ...more,
  })

export const openResources = (env: unknown, { max }: { max?: number } = {}): OpenResources => {
  const values = readSettings(settings, env)
  refuseTestHosts(values)
  const common = openCommon('documents', values, { max })
  const { now } = common
  const { machineToken, readSnapshot } = openMachine('documents', values, common)
  common.health.checks.push({ name: 's3', isWell: openStore(values, now, { timeoutMs: probeMs }).ready })
  return {
    ...common,
    readSnapshot,
    files: openStore(values, now),
    maxUploadBytes: values.MAX_UPLOAD_BYTES,
    ...openPartners(values, { now, machineToken }),
    campaignsEveryMs: values.CAMPAIGNS_EVERY_MS,
  }
}
