import { join } from 'node:path'
import type { SettingsTable } from '../../packages/service/settings.ts'

export const serviceNames = ['auth', 'client', 'documents', 'kafka-http', 'notification', 'payment'] as const
export type ServiceName = (typeof serviceNames)[number]

const top = join(import.meta.dir, '../..')

/** A service's own table: what deploy files say is held against it. */
export const settingsOf = async (service: string): Promise<SettingsTable> => {
  const { settings } = (await import(join(top, 'services', service, 'src/settings.ts'))) as {
    settings: SettingsTable
  }
  return settings
}
