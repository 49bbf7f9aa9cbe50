import { join } from 'node:path'
import { startPostgres } from '@kontora/embedded-postgres'
import type { Place } from '../place.ts'
import { type PartName, portOf, simulatorNames, urlOf } from '../ports.ts'
import type { Secrets, ServiceName } from '../secrets.ts'
import { launch } from './launch.ts'
import type { Outside } from './outside.ts'
import type { PartSpec } from './part.ts'
import { databaseUrls, serviceEnv, simulatorEnv } from './service-env.ts'

export type Setting = { place: Place; secrets: Secrets; outside: Outside }

const top = join(import.meta.dir, '../../..')
const logFile = ({ data }: Place, name: string): string => join(data, 'logs', `${name}.log`)

const answers = async (url: string): Promise<boolean> =>
  (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok

/** `degraded` is ready enough for a restart; at the first start the feed of access must have come through. */
const isWell = async (url: string, wholly: boolean): Promise<boolean> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) })
  const { status } = (await answer.json()) as { status: string }
  return answer.ok && (!wholly || status === 'up')
}

const spec = (
  { place }: Setting,
  name: PartName,
  health: string,
  script: string,
  args: string[],
  /** Asked at each launch: the database's address is known only when it runs. */
  env: () => Record<string, string>,
  withinMs: number,
): PartSpec => ({
  name,
  url: urlOf(place, name),
  logs: logFile(place, name),
  launch: async (said) =>
    launch({ script: join(top, script), args, env: env(), logFile: logFile(place, name), said }),
  isReady: () => answers(`${urlOf(place, name)}${health}`),
  ends: { signal: 'SIGTERM', withinMs },
})

/** The superuser's address is known once it runs; it stays the same over restarts. */
export const postgresSpec = ({ place, outside }: Setting): PartSpec => ({
  name: 'postgres',
  url: `postgres://127.0.0.1:${portOf(place, 'postgres')}`,
  logs: join(place.data, 'postgres', 'postgres.log'),
  launch: async () => {
    const postgres = await startPostgres({
      dir: join(place.data, 'postgres'),
      port: portOf(place, 'postgres'),
      durable: true,
    })
    outside.postgresUrl = postgres.url
    return {
      pid: postgres.pid,
      exited: postgres.exited.then((code) => (code === null ? 'a signal' : `exit code ${code}`)),
      signal: (name) => process.kill(postgres.pid, name),
    }
  },
  isReady: async () => true,
  ends: { signal: 'SIGINT', withinMs: 2000 },
})

export const kafkaHttpSpec = (setting: Setting): PartSpec => {
  const { place, secrets, outside } = setting
  const env = () => ({
    ENVIRONMENT: 'local',
    PORT: String(portOf(place, 'kafka-http')),
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrls(outside.postgresUrl, 'kafka-http', secrets).running,
    SESSION_TIMEOUT_MS: '10000',
    GROUP_IDLE_LIMITS: '*-access:3000',
  })
  const script = 'services/kafka-http/src/server.ts'
  return {
    ...spec(setting, 'kafka-http', '/health/ready', script, [], env, 600),
    openapi: `${urlOf(place, 'kafka-http')}/openapi.json`,
  }
}

export const s3Spec = (setting: Setting): PartSpec => {
  const { place, secrets } = setting
  const env = () => ({ S3_ACCESS_KEY: 'kontora', S3_SECRET_KEY: secrets.words.s3 ?? '' })
  const args = [String(portOf(place, 's3')), join(place.data, 's3')]
  return spec(setting, 's3', '/_stand-in/health', 'infra/s3-stand-in/serve.ts', args, env, 500)
}

export const simulatorSpecs = (setting: Setting): PartSpec[] =>
  simulatorNames.map((name) => {
    const args = [
      name,
      String(portOf(setting.place, name)),
      join(setting.place.data, 'simulators', `${name}.sqlite`),
    ]
    const env = () => simulatorEnv(setting.place, name, setting.secrets)
    return spec(setting, name, '/_sim/health', 'infra/simulators/serve.ts', args, env, 500)
  })

export const serviceSpec = (setting: Setting, name: ServiceName): PartSpec => {
  const { place, secrets, outside } = setting
  const env = () => serviceEnv(place, name, secrets, outside)
  return {
    ...spec(setting, name, '/health/ready', `services/${name}/src/server.ts`, [], env, 1200),
    isReady: (wholly) => isWell(`${urlOf(place, name)}/health/ready`, wholly),
    openapi: `${place.url}/${name}/openapi.json`,
  }
}
