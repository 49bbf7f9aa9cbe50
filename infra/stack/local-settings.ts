import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { holderOf } from './lock.ts'
import { recallOutside } from './parts/outside.ts'
import type { Setting } from './parts/specs.ts'
import { type Place, readPlace, StartFault } from './place.ts'
import { portOf } from './ports.ts'
import { readSecrets } from './secrets.ts'

/** A running stack knows its port better than whoever asks from another terminal. */
const runningPlace = (asked: Place): Place => {
  const url = holderOf(asked)?.url
  return url ? { ...asked, url, port: Number(new URL(url).port || 80) } : asked
}

/** As its superuser. */
export const embedded = (place: Place): string => {
  if (!holderOf(place))
    throw new StartFault(
      `The stack of ${place.data}, and its Postgres with it, does not run: start it first.`,
    )
  const passwordFile = join(place.data, 'postgres', 'password')
  const password = existsSync(passwordFile) ? readFileSync(passwordFile, 'utf8').trim() : ''
  return `postgres://postgres:${password}@127.0.0.1:${portOf(place, 'postgres')}/postgres`
}

/** What the stack of this folder was started with. */
export const localSetting = async (): Promise<Setting> => {
  const place = runningPlace(readPlace(process.env))
  if (!existsSync(join(place.data, 'secrets.json')))
    throw new StartFault(
      `There is no stack in ${place.data}: start one, or name its folder by KONTORA_DATA. ` +
        'Without one, give the service its own settings.',
    )
  const known = recallOutside(place)
  const postgresUrl = known.postgresUrl ?? embedded(place)
  return { place, secrets: await readSecrets(place), outside: { ...known, postgresUrl } }
}

/** DATABASE_URL of the shell is a service's own database, unless it is the one that the stack was started with. */
export const isStacksOwn = (url: string): boolean => recallOutside(readPlace(process.env)).postgresUrl === url
