import { settingsOf } from '../compose/service-settings.ts'
import { serviceEnv } from '../stack/parts/service-env.ts'
import { readSecrets, type ServiceName } from '../stack/secrets.ts'

/** Every other part of the system is a port where nobody listens. */
const firstDeadPort = 1

/** What the local stack gives a service, no setting that its table does not have. */
export const testSettings = async (
  service: ServiceName,
  { folder, databaseUrl, outsideUrl }: { folder: string; databaseUrl: string; outsideUrl: string },
): Promise<Record<string, string>> => {
  const place = { data: folder, port: firstDeadPort, url: outsideUrl }
  const values = {
    ...serviceEnv(place, service, await readSecrets(place), { postgresUrl: databaseUrl }),
    DATABASE_URL: databaseUrl,
    AUTH_JWKS_URL: `${outsideUrl}/jwks.json`,
  }
  const known = await settingsOf(service)
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in known))
}
