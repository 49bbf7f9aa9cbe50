import { type AccessResources, accessFromTables, type ReadSnapshot } from '@kontora/access'
import { type Kafka, openKafka } from '@kontora/events'
import { connect, type Pool } from '@kontora/postgres'
import {
  type BaseResources,
  type commonSettings,
  createHealth,
  createLog,
  createTokenVerifier,
  realChance,
  remoteKeys,
  type SettingsOf,
} from '@kontora/service'

/** What the doors of every service need of its Resources, the pool that they close and the way to Kafka among it. */
export type CommonOpen = BaseResources &
  AccessResources & {
    sql: Pool
    kafka: Kafka
    place: { port: number; host: string; slot: string }
    readSnapshot?: ReadSnapshot
  }

type Options = { max?: number | undefined }

/** The part of `openResources` that all five have alike; the access read model is asked in its tables until a server puts memory in front. */
export const openCommon = (
  service: string,
  read: SettingsOf<typeof commonSettings>,
  { max = 10 }: Options = {},
): CommonOpen => {
  const chance = realChance()
  const { now } = chance
  const sql = connect(read.DATABASE_URL, { max, name: service })
  return {
    ...chance,
    sql,
    log: createLog(service, now),
    health: createHealth(),
    access: accessFromTables(sql, now),
    verifyToken: createTokenVerifier({
      issuer: read.AUTH_ISSUER,
      audience: ['portal', service],
      key: remoteKeys({ url: read.AUTH_JWKS_URL, now }),
      now,
    }),
    kafka: openKafka({
      url: read.KAFKA_HTTP_URL,
      username: read.KAFKA_HTTP_USER,
      password: read.KAFKA_HTTP_PASSWORD,
    }),
    place: { port: read.PORT, host: read.HOST, slot: read.SLOT },
  }
}
