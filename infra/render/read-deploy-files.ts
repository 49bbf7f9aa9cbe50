import { join } from 'node:path'
import { settingsRows } from '../../packages/service/settings.ts'
import { settingsOf } from '../compose/service-settings.ts'

type Check = { method: string; path: string }
type Door = {
  internal_port: number
  force_https?: boolean
  auto_stop_machines: string
  min_machines_running: number
  checks?: Check[]
  http_checks?: Check[]
  ports?: { port: number; handlers: string[] }[]
}
export type Fly = {
  app: string
  kill_signal: string
  kill_timeout: string
  build: { dockerfile: string; args: { SERVICE: string } }
  deploy: { release_command: string }
  processes?: { app: string }
  env: Record<string, string>
  http_service?: Door
  services?: Door[]
}
export type RenderService = {
  type: string
  name: string
  runtime: string
  dockerfilePath: string
  dockerContext: string
  dockerCommand?: string
  preDeployCommand: string
  healthCheckPath?: string
  maxShutdownDelaySeconds: number
  buildFilter: { paths: string[] }
  envVars: { key: string; value?: string; sync?: boolean }[]
}
export type Wrangler = {
  name: string
  main: string
  compatibility_date: string
  triggers: { crons: string[] }
}

export const top = join(import.meta.dir, '../..')
const textOf = (path: string): Promise<string> => Bun.file(join(top, path)).text()

export const readFly = async (service: string): Promise<Fly> =>
  Bun.TOML.parse(await textOf(`services/${service}/fly.toml`)) as Fly

export const readRender = async (): Promise<RenderService[]> =>
  (Bun.YAML.parse(await textOf('infra/render/render.yaml')) as { services: RenderService[] }).services

export const readWrangler = async (service: string): Promise<Wrangler> =>
  Bun.JSONC.parse(await textOf(`services/${service}/wrangler.jsonc`)) as Wrangler

/** The list behind `Secrets:` in the comments at the head of a file. */
export const secretsTold = async (path: string): Promise<string[]> => {
  const comments = /^(?:(?:#|\/\/).*\n)+/.exec(await textOf(path))?.[0] ?? ''
  const list = comments.split('Secrets:')[1] ?? ''
  return [...list.matchAll(/\b[A-Z][A-Z0-9_]+\b/g)].map(([name]) => name)
}

/** What a service does not start without. */
export const requiredBy = async (service: string): Promise<string[]> =>
  settingsRows(await settingsOf(service)).flatMap((row) => (row.default === 'required' ? row.name : []))
