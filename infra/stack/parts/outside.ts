import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Place, StartFault } from '../place.ts'
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

const refuseOther = (name: string, url: string | undefined, schemes: string[]): void => {
  if (!url || (URL.canParse(url) && schemes.includes(new URL(url).protocol))) return
  throw new StartFault(`${name} should be an address that begins with ${schemes[0]}//`)
}

export const readOutside = (env: Env): Partial<Outside> => {
  refuseOther('DATABASE_URL', env.DATABASE_URL, ['postgres:', 'postgresql:'])
  refuseOther('KAFKA_HTTP_URL', env.KAFKA_HTTP_URL, ['http:', 'https:'])
  refuseOther('S3_ENDPOINT', env.S3_ENDPOINT, ['http:', 'https:'])
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
        region: env.S3_REGION || 'us-east-1',
        bucket: env.S3_BUCKET || 'documents',
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

const refuseSilentOne = async (name: string, url: string | undefined): Promise<void> => {
  if (!url) return
  await fetch(url, { signal: AbortSignal.timeout(3000) }).catch((error: { code?: string; name: string }) => {
    throw new StartFault(`Nothing answers at ${name} (${error.code ?? error.name})`)
  })
}

/** Any answer will do: it is about a server that is not there, or a slip in its address. */
export const refuseSilent = async ({ s3, kafkaHttp }: Partial<Outside>): Promise<void> => {
  await Promise.all([
    refuseSilentOne('S3_ENDPOINT', s3?.endpoint),
    refuseSilentOne('KAFKA_HTTP_URL', kafkaHttp?.url),
  ])
}

const fileOf = ({ data }: Place): string => join(data, 'outside.json')

/** The operators' commands find the same servers, without being told again. */
export const rememberOutside = (place: Place, outside: Partial<Outside>): void => {
  try {
    writeFileSync(`${fileOf(place)}.new`, JSON.stringify(outside), { mode: 0o600 })
    renameSync(`${fileOf(place)}.new`, fileOf(place))
  } catch (error) {
    throw new StartFault(`${fileOf(place)} cannot be written (${(error as NodeJS.ErrnoException).code}).`)
  }
}

export const recallOutside = (place: Place): Partial<Outside> => {
  try {
    return JSON.parse(readFileSync(fileOf(place), 'utf8')) as Partial<Outside>
  } catch {
    return {}
  }
}
