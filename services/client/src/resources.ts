import { type AccessResources, accessFromTables } from '@kontora/access'
import { type Kafka, openKafka } from '@kontora/events'
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
import { settings } from './settings.ts'

/** Everything that the service takes from the outside, time and chance too. */
export type Resources = BaseResources & AccessResources

/** What a change of data needs of them, so that the command line opens no more than a database. */
export type WriteResources = Chance & { sql: Sql }

/** What the doors hold besides: the pool that they close, the way to Kafka. */
export type OpenResources = Resources & { sql: Pool; kafka: Kafka; port: number; slot: string }

export const openResources = (env: unknown, { max = 10 }: { max?: number } = {}): OpenResources => {
  const values = readSettings(settings, env)
  refuseTestHosts(values)
  const chance = realChance()
  const { now } = chance
  const sql = connect(values.DATABASE_URL, { max, name: 'client' })
  return {
    ...chance,
    sql,
    log: createLog('client', now),
    health: createHealth(),
    access: accessFromTables(sql, now),
    verifyToken: createTokenVerifier({
      issuer: values.AUTH_ISSUER,
      audience: ['portal', 'client'],
      key: remoteKeys(values.AUTH_JWKS_URL),
      now,
    }),
    kafka: openKafka({
      url: values.KAFKA_HTTP_URL,
      username: values.KAFKA_HTTP_USER,
      password: values.KAFKA_HTTP_PASSWORD,
    }),
    port: values.PORT,
    slot: values.SLOT,
  }
}
