import { join } from 'node:path'

type Condition = { condition: 'service_healthy' | 'service_completed_successfully' | 'service_started' }
export type ComposeService = {
  image: string
  build?: { context: string; dockerfile: string; args: { SERVICE: string } }
  command?: string[]
  environment?: Record<string, string>
  ports?: string[]
  depends_on?: Record<string, Condition>
  healthcheck?: { test?: string[]; disable?: boolean }
  read_only?: boolean
  restart?: string
  stop_grace_period?: string
  cap_drop?: string[]
}
export type Compose = {
  services: Record<string, ComposeService>
  configs: { topics: { content: string } }
}

export const top = join(import.meta.dir, '../..')

export const composeText = (): Promise<string> => Bun.file(join(top, 'docker-compose.yml')).text()

/** As docker reads it, but for the variables: `${NAME:?}` must be given, `${NAME:-}` is empty when it is not. */
export const readCompose = async (): Promise<Compose> => Bun.YAML.parse(await composeText()) as Compose

/** Every variable that is asked for, with what stands behind its name: `:?`, `:-`, or a default that nobody wants. */
export const variablesIn = (text: string): { name: string; rule: string }[] =>
  [...text.matchAll(/(?<!\$)\$\{(\w+)([^}]*)\}/g)].map(([, name = '', rule = '']) => ({ name, rule }))
