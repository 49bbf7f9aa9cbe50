import { connect, type Pool } from '@kontora/postgres'
import { type BaseResources, createHealth, createLog, realChance } from '@kontora/service'
import { type Buckets, createBuckets } from './credentials/buckets.ts'
import type { Credential } from './credentials/credential.ts'
import { keepCredentials } from './credentials/keep-credentials.ts'
import { createHashes } from './credentials/password.ts'
import { readCredentials } from './credentials/read-credentials.ts'
import { createRound } from './log/choose-partition.ts'
import type { MessageLog } from './log/message-log.ts'
import { createPostgresLog } from './log/postgres/create-log.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import type { Peers } from './peers/peers.ts'
import { remember } from './remember.ts'
import { type GatewaySettings, type Settings, usualLimits } from './settings.ts'

export type ClosingLog = MessageLog & {
  /** Ends every waiting call. */
  close: () => void
  /** How many requests to write wait in this process. */
  queued?: () => number
}

export type Resources = BaseResources & {
  sql: Pool
  messages: MessageLog
  /** Kept for a second; `fresh` asks again. */
  topics: (fresh?: boolean) => Promise<Map<string, number>>
  /** The other gateways, where there may be some. */
  peers?: Peers | undefined
  buckets: Buckets
  hashes: (password: string) => Promise<string>
  credentials: (fresh?: boolean) => Promise<Map<string, Credential>>
  metrics: Metrics
  queued: () => number
  nextPartition: (topic: string, count: number) => number
  settings: GatewaySettings
  /** Waiting calls end now. */
  endWaits: () => void
}

export const createResources = (
  given: Pick<Settings, 'DATABASE_URL' | 'SESSION_TIMEOUT_MS' | 'GROUP_IDLE_LIMITS'> &
    Partial<GatewaySettings>,
  {
    sql = connect(given.DATABASE_URL, { name: 'kafka-http' }),
    chance = realChance(),
    log = createLog('kafka-http', chance.now),
    messages = createPostgresLog(sql, chance) as ClosingLog,
    peers = undefined as Peers | undefined,
  } = {},
): Resources => {
  const settings = { ...usualLimits, ...given }
  return {
    ...chance,
    sql,
    log,
    health: createHealth(),
    messages,
    peers,
    topics: remember(chance.now, 1000, messages.topics),
    credentials: keepCredentials({
      now: chance.now,
      read: () => readCredentials(sql),
      maxAgeMs: settings.CREDENTIALS_MAX_AGE_SECONDS * 1000,
    }),
    buckets: createBuckets(chance.now),
    hashes: createHashes(),
    metrics: createMetrics(),
    queued: messages.queued ?? (() => 0),
    nextPartition: createRound(),
    settings,
    endWaits: messages.close,
  }
}
