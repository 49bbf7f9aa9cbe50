import { type AccessResources, accessFromTables } from '@kontora/access'
import { type Kafka, openKafka } from '@kontora/events'
import { type Files, openFiles } from '@kontora/files'
import { connect, type Pool, type Sql } from '@kontora/postgres'
import {
  type BaseResources,
  type Chance,
  createHealth,
  createLog,
  createTokenVerifier,
  readSettings,
  realChance,
  refuseTestHosts,
  remoteKeys,
} from '@kontora/service'
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
export type OpenResources = Resources & {
  sql: Pool
  kafka: Kafka
  port: number
  slot: string
  campaignsEveryMs: number
}

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

const openAccess = (values: Settings, sql: Pool, now: () => Date): AccessResources => ({
  access: accessFromTables(sql, now),
  verifyToken: createTokenVerifier({
    issuer: values.AUTH_ISSUER,
    audience: ['portal', 'documents'],
    key: remoteKeys(values.AUTH_JWKS_URL),
    now,
  }),
})

export const openResources = (env: unknown, { max = 10 }: { max?: number } = {}): OpenResources => {
  const values = readSettings(settings, env)
  refuseTestHosts(values)
  const chance = realChance()
  const { now } = chance
  const sql = connect(values.DATABASE_URL, { max, name: 'documents' })
  const probe = openStore(values, now, { timeoutMs: probeMs })
  return {
    ...chance,
    sql,
    log: createLog('documents', now),
    health: createHealth([{ name: 's3', isWell: probe.ready }]),
    ...openAccess(values, sql, now),
    files: openStore(values, now),
    maxUploadBytes: values.MAX_UPLOAD_BYTES,
    ...openPartners(values, chance),
    campaignsEveryMs: values.CAMPAIGNS_EVERY_MS,
    kafka: openKafka({
      url: values.KAFKA_HTTP_URL,
      username: values.KAFKA_HTTP_USER,
      password: values.KAFKA_HTTP_PASSWORD,
    }),
    port: values.PORT,
    slot: values.SLOT,
  }
}
