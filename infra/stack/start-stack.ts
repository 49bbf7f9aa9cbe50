import { makeFirstAdministrator, sendFirstLetter } from './first-administrator.ts'
import { makeFirstSeller } from './first-seller.ts'
import { applyTopics } from './kafka-topics.ts'
import { openOrigin } from './origin/origin.ts'
import { type Outside, ownParts, readOutside, refuseSilent, rememberOutside } from './parts/outside.ts'
import { createPart, type Part, type PartSpec } from './parts/part.ts'
import {
  kafkaHttpSpec,
  postgresSpec,
  type Setting,
  s3Spec,
  serviceSpec,
  simulatorSpecs,
} from './parts/specs.ts'
import { type Place, StartFault } from './place.ts'
import { partNames, portOf, refuseTakenPorts } from './ports.ts'
import { prepareDatabases } from './prepare-databases.ts'
import { makeSberCertificates } from './sber-certificates.ts'
import { readSecrets, services } from './secrets.ts'
import { version } from './version.ts'

const patienceMs = 60_000

const untilUp = async (parts: Part[]): Promise<void> => {
  const up = await Promise.all(parts.map((part) => part.untilUp(patienceMs)))
  const late = parts.filter((_, i) => !up[i]).map((part) => part.status())
  if (late.length > 0)
    throw new StartFault(
      late.map(({ name, why, logs }) => `${name} did not come up: ${why ?? `see ${logs}`}`).join('\n'),
    )
}

/** A part that is left down in the middle of the start makes it fail: what waits for it would wait for ever. */
const whenDown = (parts: Part[]): Promise<never> =>
  Promise.race(
    parts.map(async ({ name, leftDown }) => {
      const [why] = (await leftDown).split('\n')
      throw new StartFault(`${name} did not come up: ${why}`)
    }),
  )

const stopAll = async (parts: Map<string, Part>): Promise<void> => {
  const all = [...parts.values()]
  const inOrder = [
    all.filter(({ name }) => (services as readonly string[]).includes(name)),
    all.filter(({ name }) => !(services as readonly string[]).includes(name) && name !== 'postgres'),
    all.filter(({ name }) => name === 'postgres'),
  ]
  for (const group of inOrder) await Promise.all(group.map((part) => part.stop()))
}

const specsOf = (setting: Setting, given: Partial<Outside>): PartSpec[] => [
  ...(given.postgresUrl ? [] : [postgresSpec(setting)]),
  ...(given.kafkaHttp ? [] : [kafkaHttpSpec(setting)]),
  ...(given.s3 ? [] : [s3Spec(setting)]),
  ...simulatorSpecs(setting),
  ...services.map((name) => serviceSpec(setting, name)),
]

const needsDatabase = (name: string): boolean =>
  name === 'kafka-http' || (services as readonly string[]).includes(name)

const told = (error: unknown): string => {
  const { message, code } = error as { message?: string; code?: string }
  return message || code || String(error)
}

const databaseFault = ({ outside, place }: Setting): string =>
  new URL(outside.postgresUrl).port === String(portOf(place, 'postgres'))
    ? 'The databases cannot be prepared'
    : 'The databases cannot be prepared in the Postgres of DATABASE_URL'

/** What needs no database first; then the databases, and what lives on them. */
const startInOrder = async (setting: Setting, parts: Part[]): Promise<void> => {
  await Promise.all(parts.filter(({ name }) => !needsDatabase(name)).map((part) => part.start()))
  await prepareDatabases(setting.outside.postgresUrl, setting.secrets).catch((error: unknown) => {
    throw new StartFault(`${databaseFault(setting)}: ${told(error)}`)
  })
  const ownGateway = parts.some(({ name }) => name === 'kafka-http')
  const made = [makeFirstAdministrator(setting), makeFirstSeller(setting)]
  await Promise.all([...made, ...(ownGateway ? [applyTopics(setting)] : [])])
  await Promise.all(parts.filter(({ name }) => needsDatabase(name)).map((part) => part.start()))
  await untilUp(parts)
  await sendFirstLetter(setting.place)
}

/** Everything up; `tell` hears of each death and restart. All parts are listed from the first moment, as `starting`. */
export const startStack = async (
  place: Place,
  tell: (message: string) => void,
  /** Hears how to stop as soon as there is something to stop. */
  onStop: (stop: () => Promise<void>) => void,
): Promise<Part[]> => {
  const given = readOutside(process.env)
  await refuseTakenPorts(place, ownParts(partNames, given))
  await refuseSilent(given)
  const secrets = await readSecrets(place)
  makeSberCertificates(place)
  rememberOutside(place, given)
  const setting: Setting = { place, secrets, outside: { ...given, postgresUrl: given.postgresUrl ?? '' } }
  const all = specsOf(setting, given).map((spec) => createPart(spec, version, tell))
  const parts = new Map(all.map((part) => [part.name, part] as const))
  const origin = openOrigin(place, parts)
  const stop = async () => {
    await stopAll(parts)
    await origin.stop()
  }
  onStop(stop)
  try {
    await Promise.race([startInOrder(setting, all), whenDown(all)])
    return all
  } catch (error) {
    await stop()
    throw error
  }
}
