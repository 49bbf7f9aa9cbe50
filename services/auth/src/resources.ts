import { type AccessResources, accessFromTables } from '@kontora/access'
import { type Kafka, openKafka } from '@kontora/events'
import { connect, type Pool, type Sql } from '@kontora/postgres'
import {
  type BaseResources,
  createHealth,
  createLog,
  createTokenVerifier,
  readSettings,
  realChance,
  refuseTestHosts,
} from '@kontora/service'
import type { JWK } from 'jose'
import { createDirectory, type Directory } from './client/client.ts'
import { createKeyring, type Keyring } from './keys/keyring.ts'
import { createLetterKeySource, type LetterKeySource } from './notification/letter-keys.ts'
import { createSberId, type SberId } from './sber-id/client.ts'
import { createPepper, type Pepper } from './secrets/pepper.ts'
import { createSeal, type Seal } from './secrets/seal.ts'
import { type Settings, sberIdSettings, settings } from './settings.ts'
import { signMachineToken } from './tokens/give-tokens.ts'

export type Resources = BaseResources &
  AccessResources & {
    sql: Sql
    issuer: string
    registration: 'open' | 'invited'
    machineClients: Map<string, JWK>
    pepper: Pepper
    seal: Seal
    keyring: Keyring
    directory: Directory
    letterKeys: LetterKeySource
    /** Undefined where it is not set up. */
    sberId: SberId | undefined
    secureCookies: boolean
  }

/** What a running process holds besides: the pool itself and the way to Kafka. */
export type OpenResources = Resources & { sql: Pool; kafka: Kafka; settings: Settings }

/** `askSber` carries the client certificate where the runtime can. */
type Options = { max?: number; ask?: typeof fetch; askSber?: typeof fetch }

/** The only place that reads configuration and opens connections. */
export const openResources = (
  env: unknown,
  { max, ask = fetch, askSber = ask }: Options = {},
): OpenResources => {
  const read = readSettings(settings, env)
  refuseTestHosts(read)
  const sber = sberIdSettings(read)
  const chance = realChance()
  const { now, newId } = chance
  const sql = connect(read.DATABASE_URL, { name: 'auth', ...(max && { max }) })
  const seal = createSeal(read.KEY_ENCRYPTION_KEY)
  const keyring = createKeyring({ sql, seal, now })
  const issuer = read.AUTH_ISSUER
  const token = () => signMachineToken({ keyring, issuer, now, newId }, 'auth', 'client')
  return {
    ...chance,
    settings: read,
    sql,
    seal,
    keyring,
    issuer,
    log: createLog('auth', now),
    health: createHealth(),
    access: accessFromTables(sql, now),
    verifyToken: createTokenVerifier({
      issuer,
      audience: ['portal', 'auth'],
      key: keyring.verificationKey,
      now,
    }),
    kafka: openKafka({
      url: read.KAFKA_HTTP_URL,
      username: read.KAFKA_HTTP_USER,
      password: read.KAFKA_HTTP_PASSWORD,
    }),
    registration: read.REGISTRATION,
    machineClients: new Map(Object.entries(read.MACHINE_CLIENTS) as [string, JWK][]),
    pepper: createPepper(read.CODE_PEPPER),
    directory: createDirectory({ url: read.CLIENT_URL, ask, token }),
    letterKeys: createLetterKeySource(read.LETTER_KEYS_URL, ask),
    sberId: sber && createSberId(sber, askSber),
    secureCookies: read.ENVIRONMENT !== 'local',
  }
}
