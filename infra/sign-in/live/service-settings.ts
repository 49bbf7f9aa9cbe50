import { serviceEnv } from '../../stack/parts/service-env.ts'
import type { Setting } from '../../stack/parts/specs.ts'
import type { ServiceName } from '../../stack/secrets.ts'

const none = { CAMPAIGNS_ENABLED: 'false', ROBACK_ENABLED: 'false', ONEC_ENABLED: 'false' }

/** The local stack's, without the partners: they are not there, and no part of this. */
export const settingsOf = (
  { place, secrets, outside }: Setting,
  service: ServiceName,
): Record<string, string> => {
  const all = Object.entries(serviceEnv(place, service, secrets, outside))
  return { ...Object.fromEntries(all.filter(([name]) => !name.startsWith('SBER_ID_'))), ...none }
}
