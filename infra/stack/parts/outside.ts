import { StartFault } from '../place.ts'
import type { PartName } from '../ports.ts'

type S3 = { endpoint: string; region: string; bucket: string; accessKey: string; secretKey: string }

/** Real servers that settings point at; what is named here is not started. */
export type Outside = {
  /** Of a role that may create databases and roles. */
  postgresUrl: string
  kafkaHttp?: { url: string; user: string; password: string }
  s3?: S3
}

type Env = Record<string, string | undefined>

const all = <Name extends string>(env: Env, names: readonly Name[]): Record<Name, string> | undefined => {
  if (!names.some((name) => env[name])) return undefined
  const missing = names.filter((name) => !env[name])
  if (missing.length > 0) throw new StartFault(`${names[0]} needs ${missing.join(', ')} besides`)
  return Object.fromEntries(names.map((name) => [name, env[name]])) as Record<Name, string>
}

export const readOutside = (env: Env): Partial<Outside> => {
  const kafka = all(env, ['KAFKA_HTTP_URL', 'KAFKA_HTTP_USER', 'KAFKA_HTTP_PASSWORD'] as const)
  const s3 = all(env, ['S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const)
  return {
    ...(env.DATABASE_URL && { postgresUrl: env.DATABASE_URL }),
    ...(kafka && {
      kafkaHttp: {
        url: kafka.KAFKA_HTTP_URL,
        user: kafka.KAFKA_HTTP_USER,
        password: kafka.KAFKA_HTTP_PASSWORD,
      },
    }),
    ...(s3 && {
      s3: {
        endpoint: s3.S3_ENDPOINT,
        accessKey: s3.S3_ACCESS_KEY,
        secretKey: s3.S3_SECRET_KEY,
        region: env.S3_REGION ?? 'us-east-1',
        bucket: env.S3_BUCKET ?? 'documents',
      },
    }),
  }
}

/** What the stack itself runs. */
export const ownParts = (names: readonly PartName[], outside: Partial<Outside>): PartName[] =>
  names.filter(
    (name) =>
      !(name === 'postgres' && outside.postgresUrl) &&
      !(name === 'kafka-http' && outside.kafkaHttp) &&
      !(name === 's3' && outside.s3),
  )
