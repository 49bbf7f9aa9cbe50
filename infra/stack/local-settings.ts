import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readOutside } from './parts/outside.ts'
import type { Setting } from './parts/specs.ts'
import { readPlace, StartFault } from './place.ts'
import { portOf } from './ports.ts'
import { readSecrets } from './secrets.ts'

/** What the running stack of this folder was started with. */
export const localSetting = async (): Promise<Setting> => {
  const place = readPlace(process.env)
  if (!existsSync(join(place.data, 'secrets.json')))
    throw new StartFault(
      `There is no stack in ${place.data}: start one, or give DATABASE_URL and the service's settings.`,
    )
  const given = readOutside({ ...process.env, DATABASE_URL: undefined })
  const passwordFile = join(place.data, 'postgres', 'password')
  const password = existsSync(passwordFile) ? readFileSync(passwordFile, 'utf8').trim() : ''
  const postgresUrl = `postgres://postgres:${password}@127.0.0.1:${portOf(place, 'postgres')}/postgres`
  return { place, secrets: await readSecrets(place), outside: { ...given, postgresUrl } }
}
