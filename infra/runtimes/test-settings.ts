import { settingsOf } from '../compose/service-settings.ts'
import { serviceEnv } from '../stack/parts/service-env.ts'
import { readSecrets, type ServiceName } from '../stack/secrets.ts'

/** Every other part of the system is a port where nobody listens. */
const firstDeadPort = 1

/** They lie in the stack's folder, which none of these runtimes sees; without them Сбер ID is called plainly. */
const files = ['SBER_ID_CERTIFICATE', 'SBER_ID_CERTIFICATE_KEY', 'SBER_ID_CA']

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
  const isGiven = (name: string) => name in known && !files.includes(name)
  return Object.fromEntries(Object.entries(values).filter(([name]) => isGiven(name)))
}
