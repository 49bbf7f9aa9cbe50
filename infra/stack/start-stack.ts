import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeFirstAdministrator } from './first-administrator.ts'
import { applyTopics } from './kafka-topics.ts'
import { openOrigin } from './origin/origin.ts'
import { ownParts, readOutside } from './parts/outside.ts'
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
import { partNames, refuseTakenPorts } from './ports.ts'
import { prepareDatabases } from './prepare-databases.ts'
import { readSecrets, services } from './secrets.ts'
import { version } from './version.ts'

export type Stack = { parts: Map<string, Part>; stop: () => Promise<void> }

const patienceMs = 60_000

const untilUp = async (parts: Part[]): Promise<void> => {
  const up = await Promise.all(parts.map((part) => part.untilUp(patienceMs)))
  const late = parts.filter((_, i) => !up[i]).map((part) => part.status())
  if (late.length > 0)
    throw new StartFault(
      late.map(({ name, why, logs }) => `${name} did not come up: ${why ?? `see ${logs}`}`).join('\n'),
    )
}

const stopAll = async (parts: Map<string, Part>): Promise<void> => {
  const all = [...parts.values()]
  const inOrder = [
    all.filter(({ name }) => (services as readonly string[]).includes(name)),
    all.filter(({ name }) => !(services as readonly string[]).includes(name) && name !== 'postgres'),
    all.filter(({ name }) => name === 'postgres'),
  ]
  for (const group of inOrder) await Promise.all(group.map((part) => part.stop()))
}

/** Everything up, in the order of what needs what; `tell` hears of each death and restart. */
export const startStack = async (place: Place, tell: (message: string) => void): Promise<Stack> => {
  const given = readOutside(process.env)
  const own = ownParts(partNames, given)
  await refuseTakenPorts(place, own)
  const secrets = await readSecrets(place)
  const parts = new Map<string, Part>()
  const starting: Promise<void>[] = []
  const begin = (spec: PartSpec): Part => {
    const part = createPart(spec, version, tell)
    parts.set(spec.name, part)
    starting.push(part.start())
    return part
  }
  const origin = openOrigin(place, parts)
  const stop = async () => {
    await stopAll(parts)
    await origin.stop()
  }
  try {
    let postgresUrl = given.postgresUrl ?? ''
    const setting: Setting = { place, secrets, outside: { ...given, postgresUrl } }
    if (!given.postgresUrl)
      begin(
        postgresSpec(place, (url) => {
          postgresUrl = url
        }),
      )
    for (const spec of simulatorSpecs(setting)) begin(spec)
    if (!given.s3) begin(s3Spec(setting))
    await Promise.all(starting)
    setting.outside.postgresUrl = postgresUrl
    await prepareDatabases(postgresUrl, secrets)
    if (!given.kafkaHttp) {
      await applyTopics(setting)
      begin(kafkaHttpSpec(setting))
    }
    for (const name of services) begin(serviceSpec(setting, name))
    await Promise.all(starting)
    await untilUp([...parts.values()])
    await makeFirstAdministrator(setting)
    return { parts, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** For a stack in a temporary folder. */
export const removeFolder = (path: string): void => rmSync(join(path), { recursive: true, force: true })
