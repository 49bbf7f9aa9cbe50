import { type Access, type AccessResources, accessFromTables } from '@kontora/access'
import { type Kafka, openKafka } from '@kontora/events'
import { connect, type Pool } from '@kontora/postgres'
import {
  type BaseResources,
  createHealth,
  createLog,
  createMachineTokens,
  createTokenVerifier,
  readSettings,
  realChance,
  refuseTestHosts,
  remoteKeys,
} from '@kontora/service'
import { checksOf } from './checks.ts'
import { createPeople, type People } from './client/client.ts'
import { createResend, type Resend } from './resend/client.ts'
import { createSeal, type Seal } from './sealing/seal.ts'
import { refuseOpenPortal, type Settings, settings } from './settings.ts'

/** Everything that the service takes from the outside. Each runtime opens its own; tests build theirs. */
export type Resources = BaseResources &
  AccessResources & {
    seal: Seal
    mail: Resend
    people: People
    webhookSecret: string
    mailFrom: string
    portalUrl: string
  }

export type OpenResources = Resources & { sql: Pool; access: Access; kafka: Kafka; settings: Settings }

export const service = 'notification'

export const openResources = (env: unknown, { max }: { max?: number } = {}): OpenResources => {
  const read = readSettings(settings, env)
  refuseTestHosts(read)
  refuseOpenPortal(read)
  const chance = realChance()
  const { now, random } = chance
  const sql = connect(read.DATABASE_URL, { name: service, ...(max && { max }) })
  return {
    ...chance,
    ...identity(read, sql, now),
    sql,
    settings: read,
    log: createLog(service, now),
    health: createHealth(checksOf(sql, now)),
    kafka: openKafka({
      url: read.KAFKA_HTTP_URL,
      username: read.KAFKA_HTTP_USER,
      password: read.KAFKA_HTTP_PASSWORD,
    }),
    seal: createSeal(read.LETTER_KEY_ENCRYPTION_KEY, random),
    mail: createResend({ url: read.RESEND_URL, key: read.RESEND_KEY, now }),
    people: createPeople({ url: read.CLIENT_URL, token: machineTokens(read, chance), fetch }),
    webhookSecret: read.RESEND_WEBHOOK_SECRET,
    mailFrom: read.MAIL_FROM,
    portalUrl: read.PORTAL_URL,
  }
}

const identity = ({ AUTH_ISSUER, AUTH_JWKS_URL }: Settings, sql: Pool, now: () => Date) => ({
  access: accessFromTables(sql, now),
  verifyToken: createTokenVerifier({
    issuer: AUTH_ISSUER,
    audience: ['portal', service],
    key: remoteKeys(AUTH_JWKS_URL),
    now,
  }),
})

const machineTokens = (read: Settings, { now, newId }: ReturnType<typeof realChance>) =>
  createMachineTokens({
    tokenUrl: read.AUTH_TOKEN_URL,
    issuer: read.AUTH_ISSUER,
    clientId: service,
    key: read.MACHINE_KEY,
    now,
    newId,
  })
