import { readArguments, refuse } from './arguments.ts'
import { localSetting } from './local-settings.ts'
import { databaseUrls } from './parts/service-env.ts'
import { StartFault } from './place.ts'
import { databases, migrateService } from './prepare-databases.ts'

const help = `migrate [service]: applies the migrations that are missing, as the database's owner. Services: ${databases.join(', ')}

With DATABASE_OWNER_URL in the environment it migrates that database, and needs the service's name; else those of the local stack
of KONTORA_DATA, be its Postgres the embedded one or yours.`

const [name] = readArguments({ help, words: 1 }).words
if (name && !(databases as readonly string[]).includes(name))
  refuse(`no such service: ${name}. Services: ${databases.join(', ')}`)

const ownerUrls = async (): Promise<[string, string][]> => {
  const given = process.env.DATABASE_OWNER_URL
  if (given && !name) throw new StartFault('DATABASE_OWNER_URL is of one service: name it.')
  if (given && name) return [[name, given]]
  const { secrets, outside } = await localSetting()
  return databases
    .filter((service) => !name || service === name)
    .map((service) => [service, databaseUrls(outside.postgresUrl, service, secrets).owner])
}

try {
  for (const [service, url] of await ownerUrls()) {
    const applied = await migrateService(service, url)
    console.log(
      `${service}: ${applied.length === 0 ? 'nothing to apply' : applied.map((one) => one.name).join(', ')}`,
    )
  }
} catch (error) {
  console.error(error instanceof StartFault ? error.message : `Failed: ${(error as Error).message}`)
  process.exit(1)
}
